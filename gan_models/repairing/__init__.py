"""What repairing photographs stands on: holes filled coarse to fine, and how they are laid into the photograph."""
