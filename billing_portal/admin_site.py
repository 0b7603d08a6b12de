"""The admin site of the portal."""

from django.contrib.admin import AdminSite


class BillingAdminSite(AdminSite):
    """Stock admin with our name on it."""

    site_header = "Billing portal"
    site_title = "Billing portal"
    index_title = "From usage to cash"
