from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who sells, who buys, who sends usage."""

    name = "accounts"

    def ready(self) -> None:
        from accounts.sign_in import notes  # noqa: PLC0415  apps are ready only here

        notes.listen()
