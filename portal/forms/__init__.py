"""What people of a customer fill in."""
