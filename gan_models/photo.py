"""Where `open_photo` was published first; it lives in `gan_models.pictures.photo`."""

from gan_models.pictures.photo import open_photo

__all__ = ["open_photo"]
