"""What a key may do: views name a scope, keys carry scopes."""

from typing import Any

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.api import problem_kinds as kinds
from accounts.api.problems import ApiProblem
from accounts.models import ApiKey


class HasScope(BasePermission):
    """
    Holds a view to its `required_scope`: for each method that it takes, the scope.

    A view without the attribute fails for everybody.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """
        Return True for a key with the scope, and for methods that the view does not take.

        :raises NotAuthenticated: there is no key.
        :raises ApiProblem: the key lacks the scope.
        """
        key = request.auth
        if not isinstance(key, ApiKey):
            raise NotAuthenticated("Send an API key as: Authorization: Bearer vb_…")
        method = "GET" if request.method == "HEAD" else request.method
        scope = view.required_scope.get(method)
        if scope is not None and scope not in key.scopes:
            raise ApiProblem(kinds.SCOPE_MISSING, f"This needs a key with the scope {scope.value}.")
        return True
