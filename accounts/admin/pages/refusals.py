"""What the database refuses, in words that a person can act on."""

from django.apps import apps
from django.db import DatabaseError, DataError, IntegrityError, InternalError, ProgrammingError
from django.db.models import BaseConstraint, Model, UniqueConstraint

from values.problems import InvalidTerms

REFUSED = (IntegrityError, InternalError, DataError, ProgrammingError, InvalidTerms)
"""What a form or button answers with words; `refusal_words` raises what is a fault of ours."""

_PROTECTED = "pgtrigger: "
# What a trigger raises comes as a programming error, like a mistake in our own SQL.
_RAISED_BY_A_TRIGGER = "P0001"


def refusal_words(error: Exception) -> list[str]:
    """
    Return why a change was refused, one sentence for each reason.

    :raises Exception: the error itself, where it is not about what was entered.
    """
    if isinstance(error, InvalidTerms):
        return [problem.text() for problem in error.problems]
    diagnosis = getattr(error.__cause__, "diag", None)
    if not isinstance(error, DatabaseError) or diagnosis is None:
        raise error
    if isinstance(error, ProgrammingError) and diagnosis.sqlstate != _RAISED_BY_A_TRIGGER:
        raise error
    constraint = _constraint(diagnosis.constraint_name or "")
    if constraint is not None:
        return [_constraint_words(*constraint)]
    primary = diagnosis.message_primary or str(error)
    if primary.startswith(_PROTECTED):
        return ["This is kept as it is: it can be neither changed nor deleted."]
    if diagnosis.sqlstate == "23503":
        return ["Something else refers to this, or this refers to something of another company."]
    return [f"The database refuses this: {primary}."]


def _constraint(name: str) -> tuple[type[Model], BaseConstraint] | None:
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if name and constraint.name == name:
                return model, constraint
    return None


def _constraint_words(model: type[Model], constraint: BaseConstraint) -> str:
    if constraint.violation_error_message != constraint.default_violation_error_message:
        return str(constraint.get_violation_error_message())
    if isinstance(constraint, UniqueConstraint) and constraint.fields:
        fields = [model._meta.get_field(name) for name in constraint.fields]
        names = " and ".join(str(getattr(field, "verbose_name", field)) for field in fields)
        return f"There is another {model._meta.verbose_name} with the same {names}."
    return f"The database refuses this: {constraint.name.replace('_', ' ')}."
