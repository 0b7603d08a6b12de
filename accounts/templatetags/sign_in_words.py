"""What the sign-in pages say of people and devices."""

from typing import Any

from django import template
from django.conf import settings

from accounts.sign_in.devices import device_words

register = template.Library()
register.filter("device_words", device_words)


@register.simple_tag
def needs_second_factor(user: Any) -> bool:
    """Return whether this person enters nothing without a second factor."""
    return bool(settings.STAFF_SECOND_FACTOR and user.is_authenticated and user.is_staff)
