"""How a generator is made: data, losses, the loop, measures and export. Knows `gan_models`, never `page`."""
