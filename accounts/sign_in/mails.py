"""Which template of ours stands for which mail of allauth."""

_OWN = {
    "account/email/password_reset_key": "sign_in/reset",
    "account/email/unknown_account": "sign_in/unknown_address",
    "account/email/email_confirmation": "sign_in/confirm_address",
    "account/email/account_already_exists": "sign_in/address_in_use",
}
# What has changed, as a title; these share one template.
_CHANGES = {
    "account/email/password_changed": "Your password was changed",
    "account/email/password_set": "Your account has a password now",
    "account/email/password_reset": "Your password was reset",
    "account/email/email_changed": "Your e-mail address was changed",
    "account/email/email_confirm": "Your e-mail address is confirmed",
    "account/email/email_deleted": "An e-mail address was removed",
    "mfa/email/totp_activated": "An authenticator app was added to your sign-in",
    "mfa/email/totp_deactivated": "Your authenticator app was removed from your sign-in",
    "mfa/email/webauthn_added": "A passkey was added to your sign-in",
    "mfa/email/webauthn_removed": "A passkey was removed from your sign-in",
    "mfa/email/recovery_codes_generated": "You have new recovery codes",
}


def mail_of(prefix: str) -> tuple[str, dict[str, str]]:
    """Return our template for a mail of allauth's, and the words to put into it."""
    if prefix in _OWN:
        return _OWN[prefix], {}
    return "sign_in/changed", {"what": _CHANGES[prefix]}
