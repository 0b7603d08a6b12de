"""Which legal entity a file speaks of, and what the file says of it."""

from django.utils.text import slugify

from accounts.models import Brand, LegalEntity, TaxRegistration
from plan_file.changes import Difference
from plan_file.format.document import Document
from plan_file.operations.application import Application
from values.problems import InvalidTerms, Problem

UNDECIDED = "its tax registration is undecided: invoices wait until you decide it in the admin"
_KEYS = {
    "name": ("seller", "name"),
    "country": ("seller", "country"),
    "state": ("seller", "state"),
    "currency": ("currency",),
    "timezone": ("timezone",),
    "invoice_rounding": ("invoice_rounding",),
}


def find_seller(*, document: Document, legal_entity_code: str | None) -> LegalEntity | None:
    """
    Return the legal entity, locked until the commit; None where there is none yet.

    It is the one with the code, that with the name of the file's seller, or the only one.

    :raises InvalidTerms: none has the code, or there are several to choose from.
    """
    entities = list(LegalEntity.objects.select_for_update(no_key=True).order_by("code"))
    if legal_entity_code is not None:
        named = [entity for entity in entities if entity.code == legal_entity_code]
        if not named:
            raise InvalidTerms([Problem((), f"there is no legal entity '{legal_entity_code}'")])
        return named[0]
    name = document.seller.name if document.seller else None
    named = [entity for entity in entities if entity.name == name]
    if len(named) == 1:
        return named[0]
    if len(entities) > 1:
        codes = ", ".join(entity.code for entity in entities)
        raise InvalidTerms(
            [Problem(("seller",), f"must name one of the legal entities; their codes are {codes}")]
        )
    return entities[0] if entities else None


def new_seller(*, document: Document) -> LegalEntity:
    """
    Return a legal entity, not saved, as the file states its seller.

    :raises InvalidTerms: the file does not say who sells, or where.
    """
    seller = document.seller
    if seller is None:
        raise InvalidTerms([Problem(("seller",), "is required: there is no legal entity yet")])
    if seller.country is None:
        raise InvalidTerms(
            [Problem(("seller", "country"), "is required: there is no legal entity yet")]
        )
    return LegalEntity(
        code=slugify(seller.name)[:64] or "seller",
        tax_registration=TaxRegistration.UNDECIDED,
        **_stated(document),
    )


def create_seller(application: Application) -> None:
    """Make the new legal entity with a brand of its name."""
    entity = application.legal_entity
    if application.fits(entity, (), **_KEYS, code=_KEYS["name"]):
        entity.save()
        Brand.objects.create(legal_entity=entity, code=entity.code, name=entity.name)
    application.tell("seller", entity.code, is_new=True)
    application.notes.append(f"legal entity '{entity.code}' is new; {UNDECIDED}")


def update_seller(application: Application, *, is_chosen: bool) -> None:
    """
    Bring the legal entity in line where the file means it.

    The file means it when it names it, or when it was chosen by its code. Else the file's
    rounding must be that of the legal entity, or its invoices would differ from simulated ones.
    """
    entity, document = application.legal_entity, application.document
    if document.seller is None or not (is_chosen or document.seller.name == entity.name):
        _leave(application)
        return
    stated = _stated(document)
    found = tuple(
        Difference(_KEYS[name], getattr(entity, name) or None, value or None)
        for name, value in stated.items()
        if getattr(entity, name) != value
    )
    for name, value in stated.items():
        setattr(entity, name, value)
    if found and application.fits(entity, (), **_KEYS):
        entity.save()
    application.tell("seller", entity.code, found)


def _leave(application: Application) -> None:
    entity, document = application.legal_entity, application.document
    if entity.invoice_rounding != document.rounding.value:
        application.refuse(
            ("invoice_rounding",),
            f"is {document.rounding.value}, but invoices of {entity.name} are rounded "
            f"{entity.invoice_rounding}; name the seller to change that",
        )
    if document.seller is not None:
        application.notes.append(
            f"the file's seller is {document.seller.name}; its contents are applied to "
            f"{entity.name}, the only legal entity, which stays as it is"
        )


def _stated(document: Document) -> dict[str, str]:
    seller = document.seller
    assert seller is not None
    stated = {
        "name": seller.name,
        "country": seller.country,
        "state": seller.state,
        "currency": document.currency,
        "timezone": document.timezone,
        "invoice_rounding": document.rounding.value,
    }
    return {name: value for name, value in stated.items() if value is not None}
