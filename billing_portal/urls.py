"""Every address of the portal."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.views.brand_files import brand_css, brand_logo
from billing_portal.api_docs import ProblemCatalogue
from billing_portal.design_guide import design_guide
from billing_portal.favicon import favicon
from billing_portal.health import HealthView
from billing_portal.metrics import metrics
from billing_portal.visits import end_visit_view
from partner_portal.views.invitation import invitation as partner_invitation
from portal.views.home import home
from portal.views.invitation import invitation

urlpatterns = [
    path("", home, name="home"),
    path("portal/<str:customer_id>/", include("portal.urls")),
    path("partner/<str:partner_id>/", include("partner_portal.urls")),
    path("invitations/<str:token>/", invitation, name="invitation"),
    path("invitations/partners/<str:token>/", partner_invitation, name="partner_invitation"),
    path("visits/<str:visit_id>/end/", end_visit_view, name="end_visit"),
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
    path("brand/<str:code>/brand.css", brand_css, name="brand_css"),
    path("brand/<str:code>/logo.png", brand_logo, name="brand_logo"),
    path("design/", design_guide, name="design_guide"),
    path("favicon.ico", favicon),
    path("health/", HealthView.as_view(), name="health"),
    # Without a slash, where monitors look unless they are told otherwise.
    path("metrics", metrics, name="metrics"),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include("billing_portal.demo.urls")))

handler400 = "billing_portal.error_pages.bad_request"
handler403 = "billing_portal.error_pages.permission_denied"
handler404 = "billing_portal.error_pages.not_found"
handler429 = "accounts.sign_in.too_many.too_many_requests"
handler500 = "billing_portal.error_pages.server_error"
