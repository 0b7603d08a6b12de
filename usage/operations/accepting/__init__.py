"""The steps of accepting events, in this order: attribute, measure, store, tell, receipt."""
