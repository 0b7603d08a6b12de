"""`/api/v1/plan-file`: pricing as code; apply a plan file, or read what holds as one."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import problem_kinds as kinds
from accounts.api.authentication import key_of
from accounts.api.openapi import answers
from accounts.api.parameters import Parameter, one_of, read_parameters
from accounts.api.problems import ApiProblem, ProblemError
from accounts.models import KeyMode, Partner, Scope
from plan_file.api.bodies import BODY_NAMES, MEDIA_TYPES, read_plan_file
from plan_file.api.refusals import refusal
from plan_file.changes import Changes
from plan_file.format.reading import BadFile
from plan_file.format.writing import write_document
from plan_file.operations.apply_plan_file import apply_plan_file
from plan_file.queries.export import NoSuchCustomer, NoSuchSeller, exported_document
from usage.api.rate_limits import RateLimited
from values.problems import InvalidTerms, Problem


class YamlRenderer(BaseRenderer):
    """A plan file's text."""

    media_type = "application/yaml"
    format = "yaml"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the text's bytes."""
        return str(data).encode()


_LEGAL_ENTITY = Parameter("legal_entity", "The code of the legal entity, where there are several.")
_DRY_RUN = Parameter(
    "dry_run",
    "true: say what would change, and change nothing.",
    one_of("true", "false"),
    choices=("true", "false"),
)
_CUSTOMER = Parameter("customer", "Only this customer (our id or its external id).")
_EXPORT_ANSWERS = {
    (200, YamlRenderer.media_type): OpenApiTypes.STR,
    **{key: body for key, body in answers(None, 404).items() if key[0] != 200},
}


class DifferenceSerializer(serializers.Serializer[Any]):
    """A key that changes; null is a key left out."""

    key = serializers.CharField()
    old = serializers.CharField(allow_null=True)
    new = serializers.CharField(allow_null=True)


class ChangeSerializer(serializers.Serializer[Any]):
    """What becomes of one object of the file."""

    kind = serializers.CharField()
    code = serializers.CharField()
    change = serializers.ChoiceField(["created", "changed", "unchanged"], source="verdict")
    differences = DifferenceSerializer(many=True)


class ChangesSerializer(serializers.Serializer[Any]):
    """What applying the file did, or would do."""

    dry_run = serializers.BooleanField()
    counts = serializers.DictField(child=serializers.IntegerField())
    changes = ChangeSerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField())


class PlanFile(RateLimited):
    """The price book with its customers and contracts."""

    required_scope = {"GET": Scope.PLAN_FILE_WRITE, "POST": Scope.PLAN_FILE_WRITE}

    def get_renderers(self) -> list[BaseRenderer]:
        """Return YAML for reading, JSON for what applying did."""
        return [YamlRenderer() if self.request.method in ("GET", "HEAD") else JSONRenderer()]

    @extend_schema(
        operation_id="export_plan_file",
        summary="Export a plan file",
        parameters=[each.documented() for each in (_CUSTOMER, _LEGAL_ENTITY)],
        responses=_EXPORT_ANSWERS,
        tags=["plan file"],
    )
    def get(self, request: Request) -> Response:
        """The price book, and the partner's customers with contracts and credits, as YAML."""
        partner = _partner(request)
        asked = read_parameters(request, (_CUSTOMER, _LEGAL_ENTITY))
        try:
            document = exported_document(
                legal_entity_code=asked["legal_entity"],
                customer=asked["customer"],
                partner=partner,
            )
        except NoSuchCustomer as error:
            raise Http404 from error
        except NoSuchSeller as error:
            raise _bad_seller(str(error)) from error
        return Response(write_document(document))

    @extend_schema(
        operation_id="apply_plan_file",
        summary="Apply a plan file",
        description="All of the file or nothing: 422 names every problem. Applied again it "
        "changes nothing.",
        parameters=[each.documented() for each in (_DRY_RUN, _LEGAL_ENTITY)],
        request=dict.fromkeys(MEDIA_TYPES, OpenApiTypes.STR),
        responses=answers(ChangesSerializer, 411, 413, 415, 422, 429),
        tags=["plan file"],
    )
    def post(self, request: Request) -> Response:
        """Bring price book, customers, contracts and credits in line with the file."""
        partner = _partner(request)
        asked = read_parameters(request, (_DRY_RUN, _LEGAL_ENTITY))
        dry_run = asked["dry_run"] == "true"
        try:
            changes = apply_plan_file(
                document=read_plan_file(request),
                now=timezone.now(),
                legal_entity_code=asked["legal_entity"],
                dry_run=dry_run,
                partner=partner,
            )
        except (BadFile, InvalidTerms) as error:
            raise _refused(error.problems) from error
        return Response(_shown(changes, dry_run=dry_run))


def _partner(request: Request) -> Partner:
    """:raises ApiProblem: for a test key; there is one price book, and it is live."""
    key = key_of(request)
    if key.mode != KeyMode.LIVE:
        raise ApiProblem(kinds.SCOPE_MISSING, "This needs a live key: the price book is live.")
    return key.partner


def _shown(changes: Changes, *, dry_run: bool) -> Any:
    return ChangesSerializer(
        {
            "dry_run": dry_run,
            "counts": changes.counts(),
            "changes": changes.items,
            "notes": changes.notes,
        }
    ).data


def _refused(problems: tuple[Problem, ...]) -> ApiProblem:
    return refusal(
        kinds.PLAN_FILE_REFUSED, problems, and_so="nothing was written", whole=BODY_NAMES
    )


def _bad_seller(reason: str) -> ApiProblem:
    return ApiProblem(
        kinds.INVALID_PARAMETER,
        f"legal_entity: {reason}",
        errors=[ProblemError("invalid_parameter", reason, parameter="legal_entity")],
    )
