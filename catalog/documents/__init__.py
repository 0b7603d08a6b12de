"""What staff see of the price book, in words and pictures."""
