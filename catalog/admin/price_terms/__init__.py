"""Forms of what prices charge, made of the keys of the plan file; for versions and overrides."""
