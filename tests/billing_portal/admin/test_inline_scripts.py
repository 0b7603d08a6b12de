"""Pages that a strict content security policy lets work."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import PeriodicTask

from tests.admin_forms import save_form

FORMS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def inline_scripts(page: Any) -> list[str]:
    """Return what a browser would run of a page's own text; data for scripts is not run."""
    tags = re.findall(r"<script\b[^>]*>", page.content.decode())
    return [tag for tag in tags if " src=" not in tag and 'type="application/json"' not in tag]


@pytest.mark.parametrize("model", FORMS, ids=lambda model: model._meta.label_lower)
def test_no_form_has_an_inline_script(staff_client: Client, model: type[Model]) -> None:
    meta = model._meta
    page: Any = staff_client.get(reverse(f"admin:{meta.app_label}_{meta.model_name}_add"))

    assert page.status_code in {200, 403}
    if page.status_code == 200:
        assert inline_scripts(page) == []


def test_a_schedule_is_edited_without_one(staff_client: Client) -> None:
    task = PeriodicTask.objects.exclude(interval=None).first()
    assert task is not None
    url = reverse("admin:django_celery_beat_periodictask_change", args=[task.pk])

    page = staff_client.get(url)

    assert inline_scripts(page) == []
    assert "admin/periodic_task.js" in page.content.decode()
    save_form(staff_client, url, description="Every ten seconds")
    task.refresh_from_db()
    assert task.description == "Every ten seconds"
