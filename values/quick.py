"""Frozen values made as fast as those that are not."""

from __future__ import annotations

from dataclasses import MISSING, field, fields, make_dataclass
from typing import Any, TypeVar, cast

Frozen = TypeVar("Frozen")


def quick(frozen: type[Frozen]) -> type[Frozen]:
    """
    Return what makes objects of a frozen dataclass with slots; called like the class itself.

    Such a class sets each field through a function call: with twenty fields that takes longer
    than everything else there is to a line of an invoice. Here a twin that is not frozen sets
    them, and the object becomes one of the class before anybody has it.

    :raises ValueError: the class has no slots, checks its fields, or makes defaults.
    """
    stated = fields(cast(Any, frozen))
    has_defaults = any(each.default_factory is not MISSING for each in stated)
    if "__slots__" not in vars(frozen) or hasattr(frozen, "__post_init__") or has_defaults:
        raise ValueError(f"{frozen.__name__} cannot be made quickly")

    def freeze(made: Any) -> None:
        made.__class__ = frozen

    twin = make_dataclass(
        f"Quick{frozen.__name__}",
        [(each.name, Any, field(default=each.default)) for each in stated],
        slots=True,
        eq=False,
        repr=False,
        namespace={"__post_init__": freeze},
    )
    return cast("type[Frozen]", twin)
