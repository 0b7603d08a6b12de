"""The staff's desk: what needs somebody, the search over everything, lists that are kept."""
