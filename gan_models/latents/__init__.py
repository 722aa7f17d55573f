"""What generators draw from: seeds, points, ways between them, directions."""

from gan_models.latents.point import Point

__all__ = ["Point"]
