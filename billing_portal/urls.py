"""Every address of the portal."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from billing_portal.api_docs import ProblemCatalogue
from billing_portal.favicon import favicon
from billing_portal.health import HealthView
from portal.views.home import home

urlpatterns = [
    path("", home, name="home"),
    path("portal/<str:customer_id>/", include("portal.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("usage.api.urls")),
    path("api/v1/", include("invoicing.api.urls")),
    path("api/v1/", include("plan_file.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "api/docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api-schema"),
        name="api-docs",
    ),
    path("api/docs/problems/", ProblemCatalogue.as_view(), name="api-problems"),
    path("favicon.ico", favicon),
    path("health/", HealthView.as_view(), name="health"),
]

handler400 = "billing_portal.error_pages.bad_request"
handler403 = "billing_portal.error_pages.permission_denied"
handler404 = "billing_portal.error_pages.not_found"
handler500 = "billing_portal.error_pages.server_error"
