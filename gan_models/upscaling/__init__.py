"""Enlarging by a network: tiles, costs, trust, other people's checkpoints."""
