"""What a sentence says of a weight's attributes."""
