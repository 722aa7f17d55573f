"""What two tabs use."""
