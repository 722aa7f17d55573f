"""What translation stands on: what is wanted, and what a network is given of a drawing or a picture."""
