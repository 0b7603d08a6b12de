"""What Django needs to know of the project itself."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class PortalProjectConfig(AppConfig):
    """The project's own commands and checks."""

    name = "billing_portal"
    label = "billing_portal"
    verbose_name = "Installation"

    def ready(self) -> None:
        from billing_portal import checks, task_signals  # noqa: F401, PLC0415  ready only here
        from billing_portal.staff_roles import keep_staff_roles  # noqa: PLC0415

        # Permissions are made after the last app's migrations; so are the roles that hold them.
        post_migrate.connect(keep_staff_roles, sender=self)


class BillingAdminConfig(AdminConfig):
    """The admin, with our site in place of the stock one."""

    default_site = "billing_portal.admin_site.BillingAdminSite"
