"""Forms of usage, for staff and for partners."""
