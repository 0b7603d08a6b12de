"""What people of a partner fill in."""
