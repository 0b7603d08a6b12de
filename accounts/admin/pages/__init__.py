"""What all staff pages share: the base of every list and form, buttons, history, tables."""
