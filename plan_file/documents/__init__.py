"""What people read about plan files."""
