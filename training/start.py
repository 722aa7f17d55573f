"""Where `start` was published first, and `SamplingPlan` as `Plan`; they live in `training.loop.start`."""

from training.loop.start import SamplingPlan as Plan
from training.loop.start import start

__all__ = ["Plan", "start"]
