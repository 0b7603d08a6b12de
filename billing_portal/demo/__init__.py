"""A sample reseller whose dates follow today. Everything in it is made up."""
