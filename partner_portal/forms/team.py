"""Whom to invite, and as what; which role to give."""

from django import forms

from accounts.models import PartnerRole


class RoleField(forms.ChoiceField):
    """A role, each with what it may do."""

    widget = forms.RadioSelect

    def __init__(self) -> None:
        choices = [
            (role.value, f"{role.label[:1].upper()}{role.label[1:]}") for role in PartnerRole
        ]
        super().__init__(label="Role", choices=choices)

    def clean(self, value: object) -> PartnerRole:
        return PartnerRole(super().clean(value))


class InviteForm(forms.Form):
    """Somebody to invite."""

    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"}),
        help_text="The invitation goes there. It works once, for 7 days.",
    )
    role = RoleField()


class RoleForm(forms.Form):
    """Another role for somebody."""

    role = RoleField()
