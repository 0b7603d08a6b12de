"""Pages of accounts that are not of the admin or the API."""
