"""Backfills: opened, staged, closed, undone."""
