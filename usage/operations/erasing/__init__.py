"""Taking one person out of what is stored: what would change, by what, and doing it."""
