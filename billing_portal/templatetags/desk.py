"""What stands around each list of the admin: saved filters, sums, and what to do when empty."""

from typing import Any

from django import template

from billing_portal.desk.empty_lists import empty_words
from billing_portal.desk.list_filters import list_address
from billing_portal.desk.list_totals import ListTotal, list_totals
from billing_portal.operations.save_filter import FilterRefused, clean_query
from billing_portal.queries.saved_filters import filters_offered

register = template.Library()


@register.inclusion_tag("admin/desk/saved_filters.html", takes_context=True)
def saved_filters(context: dict[str, Any], cl: Any) -> dict[str, Any]:
    """Show the filters that this person may use on this list, and the form that keeps one."""
    request = context["request"]
    label = cl.opts.label_lower
    try:
        current = clean_query(request.GET.urlencode())
    except FilterRefused:
        current = ""
    offered = [
        {
            "name": saved.name,
            "address": list_address(label, saved.query),
            "is_current": bool(current) and saved.query == current,
            "is_own": saved.user_id == request.user.pk,
            "whose": saved.user,
            "pk": saved.pk,
        }
        for saved in filters_offered(user=request.user, model=label)
    ]
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "offered": offered,
        "own": [each for each in offered if each["is_own"]],
        "model": label,
        "current": current,
    }


@register.simple_tag
def totals_of(cl: Any) -> list[ListTotal]:
    """Return the sums of what a list shows, over all its pages."""
    return list_totals(changelist=cl)


@register.simple_tag
def empty_list_words(cl: Any) -> str:
    """Return what to say where a list has no rows."""
    return empty_words(changelist=cl)
