"""Captions as the ways down a long page."""

from django import template
from django.utils.text import slugify

register = template.Library()


@register.filter
def short_caption(caption: str) -> str:
    """Return a caption without what it explains after a colon."""
    return caption.partition(":")[0]


@register.filter
def anchor(caption: str) -> str:
    """Return the place that a caption gives its table on the page."""
    return f"part-{slugify(short_caption(caption))}"
