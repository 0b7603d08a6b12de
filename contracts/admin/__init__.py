"""Staff pages of contracts and their overrides."""

from contracts.admin import contract, override

__all__ = ["contract", "override"]
