"""The starter packs of the demo: each with a sandbox as customer."""

from datetime import datetime

from accounts.models import Brand
from plan_file.operations.load_starter_pack import load_starter_pack
from plan_file.queries.starter_packs import starter_packs


def load_packs(*, now: datetime) -> None:
    """Load every pack for the one brand there is."""
    brand = Brand.objects.select_related("legal_entity").get()
    for pack in starter_packs():
        load_starter_pack(pack=pack, legal_entity=brand.legal_entity, brand=brand, now=now)
