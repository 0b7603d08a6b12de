"""What pages and files show of usage."""
