"""The addresses of a brand's style sheet and logo; empty where there is none."""

from typing import Any

from django import template
from django.urls import reverse

from accounts.brand_versions import css_of, version_of

register = template.Library()


@register.simple_tag
def brand_css_address(brand: Any) -> str:
    """Return where the brand's colours are; the address changes with them."""
    if not getattr(brand, "pk", None):
        return ""
    version = version_of(css_of(brand).encode())
    return f"{reverse('brand_css', args=[brand.code])}?v={version}"


@register.simple_tag
def logo_address(brand: Any) -> str:
    """Return where the brand's logo is; the address changes with it."""
    if not getattr(brand, "pk", None) or not brand.logo:
        return ""
    return f"{reverse('brand_logo', args=[brand.code])}?v={version_of(bytes(brand.logo))}"
