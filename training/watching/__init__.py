"""What is looked at while a training runs."""
