"""Who plays for what: phases of a step and the losses that each minimises, a family of games a file."""
