"""
The keys of a price in the plan file, the database and the API, and the terms that they say.

`reading` and `writing` take a price whole; beside them stands one file for the keys of each
group of models. What is written is read back as equal terms.
"""
