"""The price book of the worked example, clicked together by staff and applied from a file."""

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import LegalEntity
from plan_file.format.reading import parse_document
from plan_file.format.writing import write_document
from plan_file.operations.apply_plan_file import apply_plan_file
from plan_file.queries.export import exported_document
from tests import factories as make
from tests.flows.price_book_by_admin import make_price_book, make_seller

pytestmark = pytest.mark.django_db

BY_HAND = """\
version: 1
currency: USD
seller: {name: Northwind Voice, country: US, state: IL}
meters:
  - {code: AI_CALL, display_name: AI Calls, event_name: ai_call, aggregation: sum,
     property: duration_minutes, group_keys: [region, call_outcome], unit: minute}
rate_cards:
  - code: ai-call-rates
    meter: AI_CALL
    versions:
      - effective_from: 2024-11-01
        entries:
          - {match: {region: US, call_outcome: resolved}, rate: "0.20"}
          - {match: {region: US, call_outcome: transferred}, rate: "0.40"}
          - {match: {region: US, call_outcome: escalated}, rate: "0.60"}
          - {match: {region: EU, call_outcome: resolved}, rate: "0.25"}
          - {match: {region: EU, call_outcome: transferred}, rate: "0.50"}
          - {match: {region: EU, call_outcome: escalated}, rate: "0.75"}
          - {match: {region: APAC, call_outcome: resolved}, rate: "0.30"}
          - {match: {region: APAC, call_outcome: transferred}, rate: "0.60"}
          - {match: {region: APAC, call_outcome: escalated}, rate: "0.90"}
prices:
  - {code: ai-call, name: AI Calls, kind: usage, meter: AI_CALL, model: per_unit,
     rate_card: ai-call-rates, fallback_rate: "0.40"}
plans:
  - {code: ai-call-center, name: AI Call Center, billing_period: month, net_terms_days: 0,
     autopay: true, prices: [ai-call]}
"""


def test_the_admins_price_book_and_the_files_export_the_same_bytes(client: Client) -> None:
    client.force_login(make.staff())

    with transaction.atomic():
        make_price_book(client, make_seller(client))
        clicked = write_document(exported_document())
        transaction.set_rollback(True)
    assert not LegalEntity.objects.exists()
    apply_plan_file(document=parse_document(BY_HAND), now=make.NOW)

    assert write_document(exported_document()) == clicked
    assert 'rate: "0.2"' in clicked
