"""The addresses of a partner's pages; each begins with the partner's id."""

from django.urls import path

from partner_portal.views import (
    customers,
    docs,
    events,
    file_upload,
    files,
    keys,
    overview,
    quarantine,
    sandbox,
    sandbox_invoice,
    source_rules,
    sources,
    team,
)

app_name = "partner"

urlpatterns = [
    path("", overview.overview, name="overview"),
    # API keys
    path("keys/", keys.keys, name="keys"),
    path("keys/new/", keys.new_key, name="new_key"),
    path("keys/<int:key_id>/rotate/", keys.rotate_key, name="rotate_key"),
    path("keys/<int:key_id>/revoke/", keys.revoke_key, name="revoke_key"),
    # What was sent
    path("events/", events.events, name="events"),
    path("events/<str:event_id>/", events.event, name="event"),
    path("quarantine/", quarantine.quarantine, name="quarantine"),
    path("quarantine/replay/", quarantine.replay_reason, name="replay_reason"),
    path("quarantine/<str:event_id>/replay/", quarantine.replay_event, name="replay_event"),
    path("quarantine/<str:event_id>/discard/", quarantine.discard, name="discard_event"),
    path("files/", files.files, name="files"),
    path("files/upload/", file_upload.upload, name="upload"),
    path("files/<str:file_id>/", files.file, name="file"),
    path("files/<str:file_id>/live/", files.file_live, name="file_live"),
    path("files/<str:file_id>/mapping/", file_upload.file_mapping, name="file_mapping"),
    path("files/<str:file_id>/check/", files.file_check, name="file_check"),
    path("files/<str:file_id>/import/", files.file_import, name="file_import"),
    path("files/<str:file_id>/cancel/", files.file_cancel, name="file_cancel"),
    path("files/<str:file_id>/forget/", files.file_forget, name="file_forget"),
    path("files/<str:file_id>/errors.csv", files.file_errors, name="file_errors"),
    path("sources/", sources.sources, name="sources"),
    path("sources/<str:mode>/rules/", source_rules.source_rules, name="source_rules"),
    # For whom
    path("customers/", customers.customers, name="customers"),
    path("sandbox/", sandbox.sandboxes, name="sandbox"),
    path("sandbox/<str:customer_id>/", sandbox.sandbox, name="sandbox_of"),
    path("sandbox/<str:customer_id>/live/", sandbox.sandbox_live, name="sandbox_live"),
    path("sandbox/<str:customer_id>/send/", sandbox.send_event, name="sandbox_send"),
    path("sandbox/<str:customer_id>/clock/", sandbox.move_clock, name="sandbox_clock"),
    path(
        "sandbox/<str:customer_id>/invoices/<str:invoice_id>/",
        sandbox_invoice.invoice,
        name="sandbox_invoice",
    ),
    path("docs/", docs.docs, name="docs"),
    # People
    path("team/", team.team, name="team"),
    path("team/invite/", team.invite, name="invite"),
    path("team/<int:person_id>/role/", team.change_role, name="change_role"),
    path("team/<int:person_id>/remove/", team.remove_person, name="remove_person"),
    path(
        "team/invitations/<str:invitation_id>/revoke/",
        team.revoke_invitation,
        name="revoke_invitation",
    ),
    path(
        "team/invitations/<str:invitation_id>/send-again/",
        team.resend_invitation,
        name="resend_invitation",
    ),
]
