"""Staff pages of contracts and their overrides; what they add to publishing."""

from contracts.admin import contract, override, publishing

__all__ = ["contract", "override", "publishing"]
