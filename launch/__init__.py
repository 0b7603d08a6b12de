"""
Starts everything on one machine: the demo, the tests, a management command.

Standard library only, because it runs before the virtual environment exists.
"""
