"""The style sheets of the product."""

from django.conf import settings

DESIGN = settings.BASE_DIR / "static" / "design"
ADMIN = settings.BASE_DIR / "static" / "admin"
OURS = sorted([*DESIGN.rglob("*.css"), *ADMIN.glob("theme*.css"), ADMIN / "billing.css"])
