"""All addresses with those of the demo, as the demo has them."""

from django.urls import include, path

from billing_portal import urls

urlpatterns = [*urls.urlpatterns, path("demo/", include("billing_portal.demo.urls"))]
