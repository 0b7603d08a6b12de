"""What customer pages show, in words."""
