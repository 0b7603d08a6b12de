"""What the link in an invitation opens, whoever's pages it is to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.models import Invitation, Membership, PartnerInvitation, PartnerMembership, User
from accounts.operations.accept_invitation import (
    InvitationNotOpen,
    InvitationOfAnother,
    StaffAcceptNothing,
)
from accounts.operations.make_account import AddressHasAccount
from accounts.queries.invitations import person_with_address
from portal.forms.new_person import NewPersonForm

Invited = TypeVar("Invited", Invitation, PartnerInvitation)
Place = TypeVar("Place", Membership, PartnerMembership)


@dataclass(frozen=True)
class InvitationPage(Generic[Invited, Place]):
    """
    How invitations of one kind are found, accepted and shown.

    `folder` has the templates, `around` what they say beside the invitation, `address_of` is
    where somebody goes who has a place.
    """

    folder: str
    open_invitation: Callable[..., Invited | None]
    place_by_invitation: Callable[..., Place | None]
    was_just_accepted: Callable[..., bool]
    accept: Callable[..., Place]
    accept_as_new_person: Callable[..., Place]
    around: Callable[[Invited], Mapping[str, object]]
    address_of: Callable[[Place], str]

    def answer(self, request: HttpRequest, token: str) -> HttpResponse:
        """Return what to do with the invitation, or accept it."""
        now = datetime.now(UTC)
        if isinstance(request.user, User):
            taken = self.place_by_invitation(token=token, user=request.user)
            if taken is not None:
                return redirect(self.address_of(taken))
        found = self.open_invitation(token=token, now=now)
        if found is None:
            return self._not_open(request, token, now)
        if isinstance(request.user, User):
            return self._signed_in(request, found, request.user, token, now)
        if person_with_address(email=found.email) is not None:
            return self._show(request, found, "invitation_sign_in", next=request.path)
        return self._new_person(request, found, token, now)

    def _signed_in(
        self, request: HttpRequest, found: Invited, user: User, token: str, now: datetime
    ) -> HttpResponse:
        if not found.is_for(email=user.email):
            return self._show(request, found, "invitation_wrong_person")
        if user.is_staff:
            return self._show(request, found, "invitation_staff")
        if request.method != "POST":
            return self._show(request, found, "invitation")
        try:
            place = self.accept(token=token, user=user, now=now)
        except (InvitationNotOpen, InvitationOfAnother, StaffAcceptNothing):
            # What was shown to be open has changed within this moment.
            return _closed(request)
        return redirect(self.address_of(place))

    def _new_person(
        self, request: HttpRequest, found: Invited, token: str, now: datetime
    ) -> HttpResponse:
        form = NewPersonForm(request.POST or None, email=found.email)
        if request.method != "POST" or not form.is_valid():
            return self._show(request, found, "invitation_new_person", form=form)
        try:
            place = self.accept_as_new_person(
                token=token,
                first_name=form.cleaned_data["first_name"],
                last_name=form.cleaned_data["last_name"],
                password=form.cleaned_data["password"],
                now=now,
            )
        except InvitationNotOpen:
            return self._not_open(request, token, now)
        except AddressHasAccount:
            return redirect(request.path)
        login = Login(user=place.user, redirect_url=self.address_of(place), signup=True)
        return perform_password_login(request, {"email": place.user.email}, login)

    def _show(
        self, request: HttpRequest, found: Invited, template: str, **context: object
    ) -> HttpResponse:
        shown = {"invitation": found, **self.around(found), **context}
        return TemplateResponse(request, f"{self.folder}/{template}.html", shown)

    def _not_open(self, request: HttpRequest, token: str, now: datetime) -> HttpResponse:
        """Return the way in where this form was sent twice, else what every such link says."""
        is_anonymous = not isinstance(request.user, User)
        is_sent_twice = request.method == "POST" and is_anonymous
        if is_sent_twice and self.was_just_accepted(token=token, now=now):
            messages.success(request, "Your account is made. Sign in with the password you chose.")
            return redirect_to_login(request.path)
        return _closed(request)


def _closed(request: HttpRequest) -> HttpResponse:
    """Return the one answer to every link that lets nobody in, whatever became of it."""
    return TemplateResponse(request, "portal/invitation_closed.html", status=404)
