"""Where `Model` was published first; it lives in `gan_models.weight.model`."""

from gan_models.weight.model import Model

__all__ = ["Model"]
