"""Mistakes in a body as problems: each with its JSON pointer and the words of the plan file."""

from collections.abc import Collection, Iterable

from accounts.api.problem_kinds import ProblemKind
from accounts.api.problems import ApiProblem, ProblemError
from values.problems import Problem


def refusal(
    kind: ProblemKind,
    problems: Collection[Problem],
    *,
    and_so: str,
    whole: Iterable[str] = (),
) -> ApiProblem:
    """
    Return the answer to a body with these problems.

    `and_so` is what became of the request; a problem at a name of `whole` is one of all of it.
    """
    number = "One problem" if len(problems) == 1 else f"{len(problems)} problems"
    names = tuple(whole)
    return ApiProblem(
        kind,
        f"{number}; {and_so}.",
        errors=[
            ProblemError("refused", problem.message, pointer=_pointer(problem, names))
            for problem in problems
        ],
    )


def _pointer(problem: Problem, whole: tuple[str, ...]) -> str:
    """Return the JSON pointer (RFC 6901); of a body that is no document it is the whole."""
    is_whole = len(problem.path) == 1 and problem.path[0] in whole
    steps = () if is_whole else problem.path
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)
