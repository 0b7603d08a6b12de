"""The addresses of a partner's pages; each begins with the partner's id."""

from django.urls import path

from partner_portal.views import (
    customers,
    docs,
    events,
    keys,
    overview,
    quarantine,
    sandbox,
    sandbox_invoice,
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
    path("sources/", sources.sources, name="sources"),
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
