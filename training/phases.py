"""Where `Game` was published first; it lives in `training.games.phases`."""

from training.games.phases import Game

__all__ = ["Game"]
