"""The e-mails of the demo, which the mail backend writes into files: nothing leaves the machine."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

MOST_SHOWN = 200

# What django.core.mail.backends.filebased writes after each message.
_BETWEEN = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with an e-mail."""

    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class SentMail:
    """One e-mail; `key` names it in addresses, and `html` is empty where it has none."""

    key: str
    sent_at: datetime | None
    sender: str
    to: str
    cc: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]


def sent_mails() -> list[SentMail]:
    """Return the e-mails of the newest `MOST_SHOWN` files, newest first."""
    return [_mail(key, content) for key, content in _stored()]


def sent_mail(*, key: str) -> SentMail | None:
    """Return one of `sent_mails`, None if none of them has this key."""
    return next((_mail(each, content) for each, content in _stored() if each == key), None)


def _stored() -> Iterator[tuple[str, bytes]]:
    """Yield (key, content). A key is looked for among them, and never made into a path."""
    folder = Path(getattr(settings, "EMAIL_FILE_PATH", None) or "")
    files = sorted(folder.glob("*.log"), reverse=True) if folder.is_absolute() else []
    for file in files[:MOST_SHOWN]:
        parts = [part for part in file.read_bytes().split(_BETWEEN) if part.strip()]
        for place, content in reversed(list(enumerate(parts))):
            yield hashlib.sha256(f"{file.name}/{place}".encode()).hexdigest()[:20], content


def _mail(key: str, content: bytes) -> SentMail:
    message = message_from_bytes(content, policy=policy.default)
    return SentMail(
        key=key,
        sent_at=_date(message),
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        cc=str(message["Cc"] or ""),
        subject=str(message["Subject"] or ""),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(
            Attachment(part.get_filename() or "unnamed", len(_bytes(part)))
            for part in message.iter_attachments()
        ),
    )


def _date(message: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return None


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return "" if part is None else str(part.get_content())


def _bytes(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
