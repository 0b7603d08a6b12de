"""How the second factor is named on people's devices."""

from io import BytesIO

import qrcode
from allauth.core import context as current
from allauth.mfa.adapter import DefaultMFAAdapter
from qrcode.image.svg import SvgPathFillImage

from accounts.queries.brand_at import brand_at


class SecondFactorAdapter(DefaultMFAAdapter):
    """The brand's name in authenticator apps, and a code that is read on dark pages too."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This does not fit, or was used already. An app shows a new code "
        "every half minute: try the next one.",
    }

    def _get_site_name(self) -> str:
        return brand_at(host=current.request.get_host()).name

    def build_totp_svg(self, url: str) -> str:
        written = BytesIO()
        # With white behind it: a camera reads no black on black.
        qrcode.make(url, image_factory=SvgPathFillImage, border=2).save(written)
        return written.getvalue().decode()

    def generate_authenticator_name(self, user: object, type: str) -> str:  # noqa: A002
        name = super().generate_authenticator_name(user, type)
        return {"Master key": "My passkey", "Backup key": "Spare passkey"}.get(name, name)
