"""The admin as a browser uses it: read the form of a page, fill it in, send it."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client

Fields = dict[str, list[str]]


class _Forms(HTMLParser):
    """Collects what each form of a page would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[dict[str, str | None], Fields]] = []
        self._select: tuple[str, bool] | None = None
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append((given, {}))
            return
        name = given.get("name")
        if not self.forms or "disabled" in given:
            return
        if tag == "input" and name:
            kind = given.get("type", "text")
            is_off = kind in {"checkbox", "radio"} and "checked" not in given
            if not is_off and kind not in {"submit", "file", "button"}:
                self._add(name, given.get("value") or ("on" if kind == "checkbox" else ""))
        elif tag == "select" and name:
            self._select = name, "multiple" in given
            if "multiple" not in given:
                self.forms[-1][1].setdefault(name, [""])
        elif tag == "option" and self._select and "selected" in given:
            select, is_multiple = self._select
            if not is_multiple:
                self.forms[-1][1][select] = []
            self._add(select, given.get("value") or "")
        elif tag == "textarea" and name:
            self._textarea = name
            self.forms[-1][1].setdefault(name, [""])

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self.forms[-1][1][self._textarea][0] += data

    def _add(self, name: str, value: str) -> None:
        self.forms[-1][1].setdefault(name, []).append(value)


def form_of(client: Client, url: str) -> Fields:
    """Return what the main form of a page would send: that with the most fields."""
    page = client.get(url)
    assert page.status_code == 200, (url, page.status_code)
    parser = _Forms()
    parser.feed(page.content.decode())
    sent = [fields for attributes, fields in parser.forms if attributes.get("method") == "post"]
    return max(sent, key=len)


def send_form(client: Client, url: str, /, **values: Any) -> Any:
    """Fill in the form of a page and send it; a list is several values, False an empty box."""
    fields: dict[str, Any] = dict(form_of(client, url))
    for name, value in values.items():
        if value is False:
            fields.pop(name, None)
        else:
            fields[name] = value
    return client.post(url, fields, follow=True)


def save_form(client: Client, url: str, /, **values: Any) -> Any:
    """Send a form that must be taken."""
    page = send_form(client, url, **values)
    assert errors_of(page) == [], errors_of(page)
    return page


def errors_of(page: Any) -> list[str]:
    """Return every error on a page: of its form, its rows, and the messages on top."""
    found: list[str] = []
    context = page.context
    if context is None:
        return found
    if context.get("errors"):
        found += _flat(context["errors"])
    elif "form" in context and getattr(context["form"], "errors", None):
        found += [text for texts in context["form"].errors.values() for text in texts]
    if "messages" in context:
        found += [str(message) for message in context["messages"] if message.level_tag == "error"]
    return found


def _flat(errors: Any) -> list[str]:
    lists = [error if isinstance(error, list) else [error] for error in errors]
    return [str(text) for texts in lists for text in texts]


def rows(prefix: str, *entries: dict[str, Any], first: int = 0) -> dict[str, Any]:
    """Return the fields of inline rows, and how many they are."""
    fields = {
        f"{prefix}-{number}-{name}": value
        for number, entry in enumerate(entries, start=first)
        for name, value in entry.items()
    }
    return {**fields, f"{prefix}-TOTAL_FORMS": str(first + len(entries))}
