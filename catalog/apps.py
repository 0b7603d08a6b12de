from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """What is sold and for how much."""

    name = "catalog"
