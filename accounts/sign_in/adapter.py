"""How allauth's accounts behave here: by invitation, with our words and our brand's mail."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.documents.message import rendered_message, sender_of
from accounts.models import SignInOutcome, User
from accounts.operations.vouch_for_address import vouch_for_address
from accounts.queries.brand_at import brand_at
from accounts.sign_in.attempts import note_attempt
from accounts.sign_in.devices import device_words
from accounts.sign_in.mails import mail_of

logger = logging.getLogger(__name__)


class SignInAdapter(DefaultAccountAdapter):
    """No sign-up, one address per person, mail of the brand."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account is closed.",
        "duplicate_email": "This is your address already.",
        "email_password_mismatch": "E-mail and password do not fit together.",
        "email_taken": "This address cannot be used.",
        "enter_current_password": "This is not your present password.",
        "incorrect_password": "This is not your password.",
        "rate_limited": "Too many attempts. Try again in five minutes.",
        "same_as_current": "This is your address already.",
        "too_many_login_attempts": "Too many failed attempts. Try again in five minutes, "
        "even with the right password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People come by invitation."""
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        vouch_for_address(user=user)
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        note_attempt(request=request, email=user.email, outcome=SignInOutcome.SIGNED_IN, user=user)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            self._note(request, credentials, SignInOutcome.LOCKED)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        self._note(request, credentials, SignInOutcome.REFUSED)

    def send_confirmation_mail(
        self, request: HttpRequest, emailconfirmation: Any, signup: bool
    ) -> None:
        """Send no link that would give away another's address; the page says nothing of it."""
        asked = emailconfirmation.email_address
        if User.objects.filter(email__iexact=asked.email).exclude(pk=asked.user_id).exists():
            self.send_account_already_exists_mail(asked.email)
        else:
            super().send_confirmation_mail(request, emailconfirmation, signup)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        request = current.request
        user = User.objects.filter(email__iexact=email).first()
        brand = brand_at(host=request.get_host(), user=user)
        template, words = mail_of(template_prefix)
        text = rendered_message(
            template=template,
            brand=brand,
            context={
                **context,
                **words,
                "email": email,
                "device": device_words(context.get("user_agent", "")),
                "reset_address": request.build_absolute_uri(reverse("account_reset_password")),
            },
        )
        mail = EmailMultiAlternatives(text.subject, text.text, sender_of(brand), [email])
        mail.attach_alternative(text.html, "text/html")
        mail.send()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Tell of a change that is made already: a mail server that is down takes none back."""
        try:
            super().send_notification_mail(*args, **kwargs)
        except (OSError, SMTPException):
            logger.exception("a mail on a change of somebody's sign-in was not sent")

    def _note(
        self, request: HttpRequest, credentials: dict[str, Any], outcome: SignInOutcome
    ) -> None:
        note_attempt(request=request, email=credentials.get("email", ""), outcome=outcome)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth counts for each host: where any subdomain leads here, guesses never end.
        return str(credentials.get("email", "")).lower()
