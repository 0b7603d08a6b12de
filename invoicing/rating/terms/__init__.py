"""
The terms of each price model, one file each: frozen values whose constructors refuse what
cannot be. The functions that rate by them stand beside this package, under the same names.
"""
