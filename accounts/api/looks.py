"""That a request of the API showed call records."""

from rest_framework.request import Request

from accounts.api.authentication import key_of
from accounts.looking import look
from accounts.models import Customer, LookedAs, RecordLook


def key_look(
    request: Request, *, rows: int | None, asked: str = "", customer: Customer | None = None
) -> RecordLook | None:
    """Record what the holder of the request's key is shown; see `record_look`."""
    key = key_of(request)
    return look(
        request,
        who=key,
        looked_as=LookedAs.API_KEY,
        rows=rows,
        asked=asked,
        customer=customer,
        partner=key.partner,
    )
