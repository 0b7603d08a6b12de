"""Credits: amounts that a customer has paid ahead or was given."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from invoicing.credits.grants import GrantBalance, GrantKind, amount_problems
from plan_file.format.context import Context
from plan_file.format.identity import read_currency
from plan_file.format.prices import SECTIONS
from values.fields import Keys, Place, did_you_mean
from values.instants import always_since
from values.problems import Problem, refuse

KEYS = Keys(
    now=(
        "code",
        "amount",
        "currency",
        "kind",
        "effective_from",
        "expires_at",
        "priority",
        "applies_to",
        "paid_amount",
    ),
    later=("quantity", "unit"),
)
DEFAULT_PRIORITY = 50
HIGHEST_PRIORITY = 1_000_000


@dataclass(frozen=True)
class Credit:
    """A grant in money; ``paid_amount`` is what was paid for it."""

    code: str
    amount: Decimal
    currency: str
    kind: GrantKind
    effective_from: datetime
    expires_at: datetime | None
    priority: int
    applies_to: tuple[str, ...]
    paid_amount: Decimal

    def balance(self) -> GrantBalance:
        """Return the grant with nothing drawn yet."""
        return GrantBalance(
            code=self.code,
            kind=self.kind,
            left=self.amount,
            currency=self.currency,
            effective_from=self.effective_from,
            expires_at=self.expires_at,
            priority=self.priority,
            applies_to=self.applies_to,
        )


def read_credit(place: Place, *, zone: str, context: Context) -> Credit | None:
    """Return the grant, None where it has problems; dates are midnights in the zone."""
    section = place.section(KEYS)
    code = section.code("code")
    currency = section.read_or("currency", context.currency, read_currency)
    in_units = any(section.get(key) for key in KEYS.later)
    amount_place = section.get("amount") if in_units else section.need("amount")
    amount = amount_place.decimal() if amount_place else None
    kind_place = section.need("kind")
    kind = kind_place.choice(GrantKind) if kind_place else GrantKind.PREPAID
    effective_from = section.instant_or("effective_from", always_since(zone), zone=zone)
    expires_at = section.instant_or("expires_at", None, zone=zone)
    priority = section.whole_or(
        "priority", DEFAULT_PRIORITY, least=-HIGHEST_PRIORITY, most=HIGHEST_PRIORITY
    )
    applies_to = tuple(_applies_to(item, context) for item in section.items("applies_to"))
    paid_amount = section.decimal_or("paid_amount", None)

    def build() -> Credit | None:
        if amount is None:
            return None
        _refuse_amounts(amount, paid_amount, currency)
        credit = Credit(
            code=code,
            amount=amount,
            currency=currency,
            kind=kind,
            effective_from=effective_from,
            expires_at=expires_at,
            priority=priority,
            applies_to=applies_to,
            paid_amount=default_paid_amount(kind, amount) if paid_amount is None else paid_amount,
        )
        credit.balance()
        return credit

    return section.build(build)


def default_paid_amount(kind: GrantKind, amount: Decimal) -> Decimal:
    """Return what was paid for a grant that does not say: nothing for a promotional one."""
    return Decimal(0) if kind is GrantKind.PROMOTIONAL else amount


def _refuse_amounts(amount: Decimal, paid_amount: Decimal | None, currency: str) -> None:
    problems = amount_problems(amount, currency)
    if not problems and amount == 0:
        problems = [Problem(("amount",), "must be more than 0")]
    if paid_amount is not None:
        problems += [
            Problem(("paid_amount",), problem.message)
            for problem in amount_problems(paid_amount, currency)
        ]
    refuse(problems)


def _applies_to(place: Place, context: Context) -> str:
    word = place.text()
    known = (*SECTIONS, *context.codes["prices"])
    if word and word not in known:
        place.problem(f"unknown section or price '{word}'{did_you_mean(word, known)}")
    return word
