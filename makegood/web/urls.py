"""Addresses of the pages."""

from django.urls import path, register_converter

from makegood.web.numbers import DisputeNumber
from makegood.web.views import (
    adjusted,
    calls,
    claims,
    decisions,
    disputes,
    home,
    notices,
    queue,
    tokens,
    unsubscribe,
    webhooks,
)

register_converter(DisputeNumber, "dispute")

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", home.search, name="search"),
    path("theme/", home.theme, name="theme"),
    path("calls/", calls.log, name="calls"),
    path("calls/<int:charge_id>/", calls.call, name="call"),
    path("calls/<int:charge_id>/dispute/", claims.form, name="dispute_form"),
    path("calls/<int:charge_id>/dispute/check/", claims.check, name="dispute_check"),
    path("calls/<int:charge_id>/dispute/draft/", claims.draft, name="dispute_draft"),
    path("disputes/", disputes.mine, name="disputes"),
    path("disputes/D-<dispute:number>/", disputes.dispute, name="dispute"),
    path("disputes/D-<dispute:number>/sent/", disputes.sent, name="dispute_sent"),
    path("disputes/D-<dispute:number>/edit/", disputes.edit, name="dispute_edit"),
    path("disputes/D-<dispute:number>/withdraw/", disputes.withdraw, name="dispute_withdraw"),
    path("disputes/D-<dispute:number>/claim/", decisions.claim, name="dispute_claim"),
    path("disputes/D-<dispute:number>/release/", decisions.release, name="dispute_release"),
    path("disputes/D-<dispute:number>/lease/", decisions.lease, name="dispute_lease"),
    path("disputes/D-<dispute:number>/effects/", decisions.effects, name="dispute_effects"),
    path("disputes/D-<dispute:number>/decide/", decisions.decide, name="dispute_decide"),
    path("queue/", queue.queue, name="queue"),
    path("queue/preview/", queue.preview, name="queue_preview"),
    path("queue/commit/", queue.commit, name="queue_commit"),
    path("undo/", decisions.undo, name="undo"),
    path("adjusted-calls/", adjusted.adjusted, name="adjusted_calls"),
    path("notifications/", notices.notices, name="notices"),
    path("notifications/<int:digest_id>/", notices.open_notice, name="notice"),
    path("notifications/read/", notices.read, name="notices_read"),
    path("notifications/deliver/", notices.deliver, name="notices_deliver"),
    path("notifications/preferences/", notices.preferences, name="preferences"),
    path("notifications/stop/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("admin/tokens/", tokens.tokens, name="tokens"),
    path("admin/tokens/new/", tokens.new, name="token_new"),
    path("admin/tokens/<int:token_id>/revoke/", tokens.revoke, name="token_revoke"),
    path("admin/webhooks/", webhooks.webhooks, name="webhooks"),
    path("admin/webhooks/new/", webhooks.new, name="webhook_new"),
    path("admin/webhooks/deliveries/<slug:message_id>/replay/", webhooks.replay, name="delivery_replay"),
    path("admin/webhooks/<slug:endpoint_id>/", webhooks.webhook, name="webhook"),
    path("admin/webhooks/<slug:endpoint_id>/rotate/", webhooks.rotate, name="webhook_rotate"),
    path("admin/webhooks/<slug:endpoint_id>/replay/", webhooks.replay_since, name="webhook_replay"),
    path("admin/webhooks/<slug:endpoint_id>/delete/", webhooks.delete, name="webhook_delete"),
    path("admin/webhooks/<slug:endpoint_id>/<slug:verb>/", webhooks.act, name="webhook_act"),
]
