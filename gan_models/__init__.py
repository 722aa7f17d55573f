"""What a trained generator is and what one does with it: load, sample, interpolate, keep a recipe."""

__version__ = "0.1.0"
