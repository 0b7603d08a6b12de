from django.apps import AppConfig


class UsageConfig(AppConfig):
    """What happened: meters, events, quarantine, and the store behind them."""

    name = "usage"
