"""The project: settings, addresses, background application and the admin site."""

from billing_portal.celery import app as celery_app

__all__ = ["celery_app"]
