"""Contracts, their quantities and their exceptions."""

from contracts.models.contract import Contract, ContractMeter, ContractState
from contracts.models.override import ContractOverride, OverrideEntry
from contracts.models.quantity import ContractQuantity

__all__ = [
    "Contract",
    "ContractMeter",
    "ContractOverride",
    "ContractQuantity",
    "ContractState",
    "OverrideEntry",
]
