"""The rows that a model ever had, from the history that is kept of it."""

from typing import Any

from django.db.models import Model


def rows_ever(model: type[Model]) -> Any:
    """
    Return the model whose rows are those that were ever made, each as it was then.

    The model is tracked by pghistory, which puts the models of its history on it.
    """
    return model.pgh_event_models["insert"]  # type: ignore[attr-defined]
