"""Files of usage as pages, the API and downloads show them."""
