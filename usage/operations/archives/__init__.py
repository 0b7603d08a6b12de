"""Archiving months of usage, and bringing them back."""
