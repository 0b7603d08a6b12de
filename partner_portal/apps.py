"""The pages of partners as Django knows them."""

from django.apps import AppConfig


class PartnerPortalConfig(AppConfig):
    """Pages that people of partners read; they keep nothing of their own."""

    name = "partner_portal"
