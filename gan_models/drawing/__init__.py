"""Drawings: strokes, edges, hints of colour, sheets."""
