"""What the OpenAPI document says of the API as a whole, and the names of its lists of words."""

API_REFERENCE = {
    "TITLE": "Billing portal API",
    "VERSION": "1.0.0",
    "DESCRIPTION": "Usage in, invoices out. "
    "Every error is problem+json (RFC 9457): [the catalogue](/api/docs/problems/).",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "ENUM_NAME_OVERRIDES": {
        "EventStatus": "usage.api.event_bodies.STATUSES",
        "EventResultStatus": "usage.api.event_results.STATUSES",
        "InvoiceState": "invoicing.models.InvoiceState.values",
        "UsageFileState": "usage.api.file_bodies.STATES",
        "BackfillState": "invoicing.api.backfill_bodies.STATES",
        "InvoiceKind": "invoicing.models.InvoiceKind.values",
        "SubjectKind": "accounts.models.subject.SubjectKind.values",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
