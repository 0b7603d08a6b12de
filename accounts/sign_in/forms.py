"""allauth's forms on passwords and addresses, in our words."""

from typing import Any

from allauth.account import forms

from accounts.sign_in.asking import ask

GOOD_PASSWORD = "10 characters or more: not your name, no common word, not digits alone."  # noqa: S105
AGAIN = "The new password again"


class SignInForm(forms.LoginForm):
    """The front door."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self.fields["login"], label="E-mail", autocomplete="username", autofocus=True)
        ask(self.fields["password"], label="Password")
        ask(self.fields["remember"], label="Keep me signed in on this device for two weeks")


class ForgottenPasswordForm(forms.ResetPasswordForm):
    """To whom the link goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self.fields["email"], label="E-mail", autocomplete="username", autofocus=True)


class ResetPasswordForm(forms.ResetPasswordKeyForm):
    """Behind the link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_new_password(self)


class SetPasswordForm(forms.SetPasswordForm):
    """For those who have none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_new_password(self)


class ChangePasswordForm(forms.ChangePasswordForm):
    """For those who know the present one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self.fields["oldpassword"], label="Present password")
        _ask_for_new_password(self)


class NewAddressForm(forms.AddEmailForm):
    """The address that is to come in place of the present one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(
            self.fields["email"],
            label="New e-mail",
            help_text="We send a link there. Your present address counts until you open it.",
        )


class PasswordAgainForm(forms.ReauthenticateForm):
    """Before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask(self.fields["password"], label="Password", autofocus=True)


def _ask_for_new_password(form: Any) -> None:
    ask(form.fields["password1"], label="New password", help_text=GOOD_PASSWORD)
    ask(form.fields["password2"], label=AGAIN)
