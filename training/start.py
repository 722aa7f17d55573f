"""Where `Plan` and `start` were published first; they live in `training.loop.start`."""

from training.loop.start import Plan, start

__all__ = ["Plan", "start"]
