"""A weight folder or Hub repository, and the model that it holds."""
