"""What is known of files of usage."""
