"""Files of usage: reading them row by row, and what their columns mean. No Django."""
