"""What every operation of the OpenAPI document says alike: problems, pages."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, inline_serializer
from rest_framework import serializers

from accounts.api.problem_kinds import CATALOGUE

_ALWAYS = (400, 401, 403, 500, 503)


class ProblemErrorSerializer(serializers.Serializer[Any]):
    """One mistake of a request."""

    pointer = serializers.CharField(required=False, help_text="JSON pointer into the body.")
    parameter = serializers.CharField(required=False, help_text="The query parameter.")
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """An error, as RFC 9457 says."""

    type = serializers.CharField(help_text="Path of its description.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField(help_text="The request's id, also in X-Request-Id.")
    # The metaclass moves fields away from the attributes that they seem to hide.
    errors = ProblemErrorSerializer(many=True)  # type: ignore[assignment]


def answers(
    good: Any, *problems: int, status: int = 200, also: Mapping[int, Any] | None = None
) -> dict[Any, Any]:
    """Return the responses of an operation: the good one, further ones, and the problems."""
    media_type = "application/pdf" if good is OpenApiTypes.BINARY else "application/json"
    found: dict[Any, Any] = {(status, media_type): good}
    found.update(((code, media_type), body) for code, body in (also or {}).items())
    for code in sorted({*_ALWAYS, *problems}):
        titles = " / ".join(kind.title for kind in CATALOGUE if kind.status == code)
        found[code, "application/problem+json"] = OpenApiResponse(ProblemSerializer, titles)
    return found


def page_of(item: type[serializers.BaseSerializer[Any]]) -> Any:
    """Return the serializer of a page of these."""
    return inline_serializer(
        name=f"{item.__name__.removesuffix('Serializer')}Page",
        fields={
            "data": item(many=True),
            "next_cursor": serializers.CharField(allow_null=True),
            "has_more": serializers.BooleanField(),
        },
    )
