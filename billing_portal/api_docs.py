"""Pages about the API: the OpenAPI document, its browser, the error catalogue."""

from django.views.generic import TemplateView

from accounts.api.problem_kinds import CATALOGUE


class ProblemCatalogue(TemplateView):
    """Every kind of error, with what to do about it."""

    template_name = "api/problems.html"
    extra_context = {"kinds": CATALOGUE}
