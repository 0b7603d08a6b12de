"""Views: they gather, templates arrange."""
