"""Sounds in and out: files of any kind to float mono and back, pictures of them, the recipe inside them."""
