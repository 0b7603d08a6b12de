"""The customer pages as Django knows them."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages that customers read; they keep nothing of their own."""

    name = "portal"
