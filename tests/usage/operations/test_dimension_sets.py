"""The dictionary of combinations of dimensions."""

import pytest
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from tests import factories as make
from usage.models import DimensionSet
from usage.operations.dimension_sets import dimension_set_ids

pytestmark = pytest.mark.django_db


def test_ids_are_remembered_once_they_are_committed_and_no_sooner(
    django_assert_num_queries: DjangoAssertNumQueries,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    pairs = [(make.ai_call_meter().pk, f'{{"region": "{region}"}}') for region in ("EU", "US")]

    with django_capture_on_commit_callbacks(execute=True):
        with django_assert_num_queries(3):
            made = dimension_set_ids(pairs)
        with django_assert_num_queries(1):
            assert dimension_set_ids(pairs) == made
    with django_assert_num_queries(0):
        assert dimension_set_ids(pairs) == made
    assert made == {
        (each.meter_id, f'{{"region": "{each.values["region"]}"}}'): each.pk
        for each in DimensionSet.objects.all()
    }
