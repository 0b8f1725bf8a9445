"""Every page by role; what stands in braces is filled in by whoever looks."""

from __future__ import annotations

PAGES: dict[str, tuple[str, ...]] = {
    "buyer": (
        "/calls/", "/calls/?billed=all&range=all", "/calls/{charge}/", "/calls/{free}/dispute/", "/disputes/",
        "/disputes/?tab=decided", "/disputes/?tab=drafts", "/disputes/?tab=all", "/disputes/D-{number}/",
        "/disputes/D-{waiting}/", "/disputes/D-{waiting}/edit/", "/disputes/D-{waiting}/sent/", "/notifications/",
        "/notifications/preferences/", "/account/password/", "/disputes/D-999999/", "/preferences/",
        "/preferences/keyboard/",
        "/files/", "/search/?q=0142", "/search/?q=nothing", "/calls/?more=1",
        "/calls/?kind=leads", "/calls/?kind=all", "/calls/?range=dates&from=2026-02-31",
        "/disputes/?tab=answer", "/disputes/D-{asked}/", "/disputes/D-{number}/again/",
        "/disputes/D-{waiting}/withdraw/",
        "/disputes/new/", "/disputes/new/?charge={free}", "/disputes/returns/", "/credits/", "/guidelines/",
        "/notifications/{digest}/letter/", "/calls/{free}/player/",
    ),
    "manager": (
        "/queue/", "/queue/?tab=mine", "/queue/?tab=decided", "/queue/?tab=all", "/calls/", "/disputes/D-{waiting}/",
        "/disputes/D-{number}/?tab=money", "/disputes/D-{number}/?tab=policy", "/disputes/D-{number}/?tab=steps",
        "/disputes/D-{waiting}/?tab=story", "/notifications/", "/notifications/preferences/",
    ),
    "vendor": (
        "/adjusted-calls/", "/notifications/", "/notifications/preferences/", "/calls/", "/search/?q=none",
        "/adjusted-calls/{adjusted}/", "/payouts/", "/payouts/?period=all",
    ),
    "admin": (
        "/admin/customers/", "/admin/tokens/", "/admin/tokens/new/", "/admin/tokens/{token}/revoke/",
        "/admin/webhooks/",
        "/admin/webhooks/new/", "/admin/webhooks/{webhook}/", "/admin/webhooks/{webhook}/delete/",
    ),
}  # fmt: skip
