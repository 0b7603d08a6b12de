"""What people get to read: e-mails, and what all of them share."""
