"""What generators draw from."""
