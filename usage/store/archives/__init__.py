"""Months of records put into compressed files, found there again, and brought back."""
