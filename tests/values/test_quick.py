from dataclasses import FrozenInstanceError, dataclass, field

import pytest

from values.quick import quick


@dataclass(frozen=True, slots=True)
class Point:
    """Where something is."""

    east: int
    north: int
    name: str = "somewhere"


@dataclass(frozen=True)
class WithoutSlots:
    """A class whose objects have a dictionary."""

    east: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A class that looks at its fields."""

    east: int

    def __post_init__(self) -> None:
        assert self.east


@dataclass(frozen=True, slots=True)
class Listed:
    """A class that makes a default."""

    names: list[str] = field(default_factory=list)


def test_what_is_made_quickly_is_one_of_the_class() -> None:
    made = quick(Point)(1, north=2)

    assert type(made) is Point
    assert (made, hash(made), repr(made)) == (Point(1, 2), hash(Point(1, 2)), repr(Point(1, 2)))


def test_it_is_frozen() -> None:
    made = quick(Point)(1, 2, name="home")

    with pytest.raises(FrozenInstanceError):
        made.name = "away"  # type: ignore[misc]


def test_a_field_without_a_default_is_required() -> None:
    with pytest.raises(TypeError):
        quick(Point)(1)  # type: ignore[call-arg]


@pytest.mark.parametrize("other", [WithoutSlots, Checked, Listed])
def test_other_classes_are_refused(other: type) -> None:
    with pytest.raises(ValueError, match="cannot be made quickly"):
        quick(other)
