"""The one loop and what stands around it: start, trainer, average, log, first weights."""
