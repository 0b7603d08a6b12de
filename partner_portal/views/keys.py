"""API keys: listed, made, replaced, revoked; a secret is shown once."""

from datetime import UTC, datetime

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import ApiKey, KeyMode
from accounts.operations.make_api_key import KeyTermsRefused
from accounts.operations.make_own_key import NameInUse, make_own_key
from accounts.operations.revoke_api_key import revoke_api_key
from accounts.operations.rotate_api_key import KeyNotInUse
from accounts.operations.rotate_own_key import rotate_own_key
from accounts.queries.partner_brand import partner_brand
from partner_portal.documents.key_row import key_row
from partner_portal.forms.keys import NewKeyForm, RotateForm
from partner_portal.pages import mode_asked, page, partner_page
from partner_portal.queries.keys import keys_of, makers_of
from partner_portal.viewer import PartnerViewer, Right


@partner_page()
def keys(request: HttpRequest, viewer: PartnerViewer) -> HttpResponse:
    """Return the keys of one mode: those that work, then the others."""
    now, mode = datetime.now(UTC), mode_asked(request, viewer)
    found = list(keys_of(partner=viewer.partner, mode=mode))
    makers, brand = makers_of(keys=found), partner_brand(partner=viewer.partner)
    rows = [key_row(key, now=now, maker=makers.get(key.pk), brand_name=brand.name) for key in found]
    context = {
        "mode": mode,
        "brand": brand,
        "usable": [row for row in rows if row.is_usable],
        "ended": [row for row in rows if not row.is_usable],
    }
    return page(request, viewer, "partner/keys/keys.html", context)


@partner_page(Right.KEYS, methods=("GET", "POST"))
def new_key(request: HttpRequest, viewer: PartnerViewer) -> HttpResponse:
    """Return the form of a new key, or make it and show its secret this one time."""
    now = datetime.now(UTC)
    initial = {"mode": mode_asked(request, viewer), "scopes": viewer.partner.scopes_to_give[:1]}
    form = NewKeyForm(request.POST or None, partner=viewer.partner, initial=initial)
    if request.method == "POST" and form.is_valid():
        _confirmed(request, form.cleaned_data["mode"])
        try:
            made, secret = make_own_key(
                partner=viewer.partner,
                name=form.cleaned_data["name"],
                mode=form.cleaned_data["mode"],
                scopes=form.cleaned_data["scopes"],
                expires_at=form.expires_at(now=now),
                now=now,
            )
        except NameInUse as refusal:
            form.add_error("name", str(refusal))
        except KeyTermsRefused as refusal:
            form.add_error("scopes", str(refusal))
        else:
            return _secret(request, viewer, made, secret)
    status = 422 if form.errors else 200
    return page(request, viewer, "partner/keys/new.html", {"form": form}, status=status)


@partner_page(Right.KEYS, methods=("GET", "POST"))
def rotate_key(request: HttpRequest, viewer: PartnerViewer, *, key_id: int) -> HttpResponse:
    """Return the form that replaces a key, or replace it and show the new secret."""
    key, now = _key(viewer, key_id), datetime.now(UTC)
    form = RotateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _confirmed(request, key.mode)
        try:
            made, secret = rotate_own_key(
                key=key, overlap_hours=form.cleaned_data["overlap_hours"], now=now
            )
        except (KeyNotInUse, KeyTermsRefused) as refusal:
            form.add_error(None, str(refusal))
        else:
            return _secret(request, viewer, made, secret)
    context = {"form": form, "key": key_row(key, now=now)}
    status = 422 if form.errors else 200
    return page(request, viewer, "partner/keys/rotate.html", context, status=status)


@partner_page(Right.KEYS, methods=("GET", "POST"))
def revoke_key(request: HttpRequest, viewer: PartnerViewer, *, key_id: int) -> HttpResponse:
    """Return the question whether to end a key, or end it."""
    key, now = _key(viewer, key_id), datetime.now(UTC)
    if request.method != "POST":
        context = {"key": key_row(key, now=now)}
        return page(request, viewer, "partner/keys/revoke.html", context)
    _confirmed(request, key.mode)
    revoke_api_key(key=key, now=now)
    messages.success(request, f"{key} is revoked: requests with it are refused from now on.")
    return redirect(f"{reverse('partner:keys', args=[viewer.partner.public_id])}?mode={key.mode}")


def _confirmed(request: HttpRequest, mode: str) -> None:
    """Pass where a change of live keys is the person's own: who they are was shown just now."""
    if mode == KeyMode.LIVE:
        _recently_shown(request)


@reauthentication_required(app="allauth.account")
def _recently_shown(request: HttpRequest) -> None:
    """Raise what sign-in answers with its question; it then goes on with what was asked."""


def _key(viewer: PartnerViewer, key_id: int) -> ApiKey:
    key = keys_of(partner=viewer.partner).filter(pk=key_id).first()
    if key is None:
        raise Http404
    return key


def _secret(request: HttpRequest, viewer: PartnerViewer, key: ApiKey, secret: str) -> HttpResponse:
    context = {"key": key_row(key, now=datetime.now(UTC)), "secret": secret}
    answer = page(request, viewer, "partner/keys/secret.html", context)
    answer["Cache-Control"] = "no-store"
    return answer
