"""What became of a starter pack in the database."""

from django.db.models import QuerySet

from accounts.models import Brand, Customer
from plan_file.format.reading import parse_document
from plan_file.queries.starter_packs import StarterPack


def pack_customers(*, pack: StarterPack) -> QuerySet[Customer]:
    """Return the sandboxes that the pack has made, none where it was never loaded."""
    document = parse_document(pack.plan_text(), name=pack.plan.name)
    codes = [customer.external_id for customer in document.customers]
    return Customer.objects.filter(external_id__in=codes, is_sandbox=True).order_by("name")


def brands_to_load_for() -> QuerySet[Brand]:
    """Return the brands whose customers the sandboxes of a pack may be, with their sellers."""
    return Brand.objects.select_related("legal_entity").order_by("name")
