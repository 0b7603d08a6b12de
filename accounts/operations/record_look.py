"""That somebody looked at call records, one row for each request."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from accounts.models import ApiKey, Customer, LookedAs, Partner, RecordLook, User
from accounts.models.record_look import LONGEST_ASKED
from accounts.prepared import run_prepared

Row = TypeVar("Row")

# What people write between the digits of a number: blanks and dashes of every kind, brackets.
_BETWEEN = r"[\s\u00a0\u2007\u2009\u202f\u2010-\u2014\u2212().\-/]{0,3}"
# No part of an id, and no day.
_LONG_NUMBER = re.compile(
    rf"(?<!\w)(?!\d{{4}}-\d\d-\d\d)\+?\(?\d(?:{_BETWEEN}\d){{2,}}"
    rf"(?=(?:{_BETWEEN}\d){{4}}(?!\w))",
    re.ASCII,
)
_LONGEST_PAGE = 80


def record_look(
    *,
    who: User | ApiKey,
    looked_as: LookedAs,
    page: str,
    now: datetime,
    rows: int | None,
    asked: str = "",
    customer: Customer | None = None,
    partner: Partner | None = None,
) -> RecordLook | None:
    """
    Write down who was shown how many call records, of whom and where; None where none was shown.

    `rows` is None for an export that begins; hand its rows out through `counted`. Of long
    numbers in `asked` the last four digits are kept: the record of who looked is no second
    place where whole numbers stand.
    """
    if rows == 0:
        return None
    look = RecordLook(
        at=now,
        looked_as=looked_as.value,
        user=who if isinstance(who, User) else None,
        api_key=who if isinstance(who, ApiKey) else None,
        customer=customer,
        partner=partner,
        page=page[:_LONGEST_PAGE],
        asked=_LONG_NUMBER.sub("****", asked.replace("\x00", ""))[:LONGEST_ASKED],
        rows=rows,
    )
    # By hand: every page that shows records waits for this one statement.
    ((look.pk,),) = run_prepared(
        """
        INSERT INTO accounts_recordlook
            (at, looked_as, user_id, api_key_id, customer_id, partner_id, page, asked, rows)
        VALUES (%s::timestamptz, %s::text, %s::bigint, %s::bigint, %s::bigint, %s::bigint,
                %s::text, %s::text, %s::bigint)
        RETURNING id
        """,
        [
            look.at, look.looked_as, look.user_id, look.api_key_id, look.customer_id,
            look.partner_id, look.page, look.asked, look.rows,
        ],
    )  # fmt: skip
    return look


def counted(rows: Iterable[Row], *, look: RecordLook | None) -> Iterator[Row]:
    """Yield the rows of an export, and write down how many there were when the last is out."""
    number = 0
    for number, row in enumerate(rows, start=1):  # noqa: B007  # the last one is the count
        yield row
    if look is not None:
        RecordLook.objects.filter(pk=look.pk, rows=None).update(rows=number)
