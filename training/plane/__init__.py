"""A GAN in the plane, by the trainer's own losses and phases: shapes to learn, an engine, measures, lessons."""
