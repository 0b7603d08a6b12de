from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """Who agreed to which plan, from when, with what exceptions."""

    name = "contracts"
