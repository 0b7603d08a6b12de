from django.apps import AppConfig


class PlanFileConfig(AppConfig):
    """Price book, customers and contracts as a file: simulated, applied, exported."""

    name = "plan_file"
