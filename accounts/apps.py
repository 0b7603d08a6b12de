from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who sells, who buys, who sends usage."""

    name = "accounts"
