"""Signing in: what django-allauth leaves to us."""
