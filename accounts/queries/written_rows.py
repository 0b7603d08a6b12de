"""
Instances of models from SQL that is written by hand.

Django makes the SQL of a query anew each time, which takes it several times as long as the
database takes to answer. Where every request of the API asks the same, it is written once.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


class WrittenRows(Generic[M]):
    """The columns of a model in a SELECT under an alias, and the instance that a row comes to."""

    def __init__(self, model: type[M], *, alias: str) -> None:
        self._model = model
        self._alias = alias

    @cached_property
    def columns(self) -> str:
        """Return the columns as they stand in the SELECT."""
        return ", ".join(f"{self._alias}.{column}" for column in self._names("column"))

    @cached_property
    def width(self) -> int:
        """Return how many columns that is."""
        return len(self._attributes)

    def instance(self, values: Sequence[Any]) -> M:
        """Return the instance whose columns have these values."""
        if self._readers:
            values = list(values)
            for place, read in self._readers:
                values[place] = read(values[place], None, connection)
        return self._model.from_db(connection.alias, self._attributes, values)

    @cached_property
    def _attributes(self) -> list[str]:
        return self._names("attname")

    @cached_property
    def _readers(self) -> list[tuple[int, Callable[..., Any]]]:
        return [
            (place, field.from_db_value)
            for place, field in enumerate(self._model._meta.concrete_fields)
            if hasattr(field, "from_db_value")
        ]

    def _names(self, kind: str) -> list[str]:
        return [getattr(field, kind) for field in self._model._meta.concrete_fields]
