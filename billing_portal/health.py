"""Whether this process can work, for load balancers and monitors."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from health_check.views import HealthCheckView


class HealthView(HealthCheckView):
    """200 while the database answers, else 500."""

    checks = ("health_check.checks.Database",)

    async def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer in the format that is accepted; JSON where the Accept header cannot be read."""
        try:
            return await super().get(request, *args, **kwargs)
        except ValueError:
            return self.render_to_response_json(
                500 if any(result.error for result in self.results) else 200
            )
