"""Figures of the page's quickness and of what it holds: python -m page.bench."""
