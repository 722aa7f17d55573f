"""Any picture to levels and numbers and back; files, films, colour, metrics."""
