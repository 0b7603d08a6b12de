"""What partners' pages show, in words."""
