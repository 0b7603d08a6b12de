"""Staff pages of files of usage."""
