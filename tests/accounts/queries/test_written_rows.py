"""Instances of models from SQL that is written by hand."""

import pytest
from django.db import models

from accounts.models import ApiKey, Customer, Partner, TestClock
from accounts.prepared import run_prepared
from accounts.queries.written_rows import WrittenRows
from tests import factories as make
from usage.models import Meter, Source

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [ApiKey, Customer, Meter, Partner, Source, TestClock])
def test_an_instance_is_what_the_model_itself_would_read(model: type[models.Model]) -> None:
    callwave = make.partner(make.acme())
    make.source(callwave)
    make.api_key(callwave)
    Meter.objects.filter(pk=make.ai_call_meter().pk).update(
        group_keys=["region"], filters={"region": ["US", "EU"]}, reversed_by=["ai_call_reversed"]
    )
    rows = WrittenRows(model, alias="x")

    row = run_prepared(f"SELECT {rows.columns} FROM {model._meta.db_table} AS x").fetchone()

    assert row is not None
    assert len(row) == rows.width
    assert _values(rows.instance(row)) == _values(model._default_manager.get())


def _values(instance: models.Model) -> dict[str, object]:
    return {field.attname: getattr(instance, field.attname) for field in instance._meta.fields}
