"""allauth's forms on codes and passkeys, in our words."""

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.core.cache import cache

from accounts.sign_in.asking import ask

_CODE: dict[str, Any] = {
    "autocomplete": "one-time-code",
    "inputmode": "numeric",
    "autofocus": True,
}
_CODE_HELP = "Six digits from your authenticator app, or one of your recovery codes."


class _OnceEach:
    """A code from an app counts once, for as long as the clock's tolerance lets it."""

    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            digits = "".join(character for character in code if character.isdigit())
            seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
            if not cache.add(f"sign_in:code:{self.user.pk}:{digits}", "used", timeout=seconds):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_OnceEach, forms.AuthenticateForm):
    """The second step of sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self.fields["code"], label="Code", help_text=_CODE_HELP, **_CODE)


class CodeAgainForm(_OnceEach, forms.ReauthenticateForm):
    """Before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self.fields["code"], label="Code", help_text=_CODE_HELP, **_CODE)


class FirstCodeForm(ActivateTOTPForm):
    """Shows that the app has read the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self.fields["code"], label="Code that the app shows", **_CODE)


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey is for signing in with; one that only comes after the password is the exception."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(
            self.fields["name"],
            label="Name",
            help_text="So that you can tell it from others, as in “My laptop”.",
        )
        ask(
            self.fields["passwordless"],
            label="Sign in with it alone, without the password",
            help_text="Take this away for a security key that knows no PIN and no fingerprint.",
        )
        self.fields["passwordless"].initial = True


class RenamePasskeyForm(EditWebAuthnForm):
    """A better name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self.fields["name"], label="Name")
