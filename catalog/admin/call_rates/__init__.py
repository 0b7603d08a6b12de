"""Staff pages of the rates of calls: a table by pages, and a deck as a file."""
