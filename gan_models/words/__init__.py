"""Sentences that a generator draws from: which of their words it knows, and what it reads the others as."""
