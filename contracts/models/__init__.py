"""Contracts and their exceptions."""

from contracts.models.contract import Contract, ContractMeter, ContractState
from contracts.models.override import ContractOverride, OverrideEntry

__all__ = ["Contract", "ContractMeter", "ContractOverride", "ContractState", "OverrideEntry"]
