"""How messages come and when none comes, with a preview of what would come next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.mail import EmailMultiAlternatives
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.notifications import operations, selectors
from makegood.notifications.errors import QuietDaysMissing, QuietHoursEmpty
from makegood.parties.entries import Principal
from makegood.web.mailing import compose
from makegood.web.middleware import PageRequest
from makegood.web.notice_wishes import WishForm, kept_form, malformed, quiet_of, typed_form, wishes_of
from makegood.web.pages import go, page, respond, say
from makegood.web.shell import zone_label

FIELDS = {QuietHoursEmpty.code: "quiet_ends", QuietDaysMissing.code: "quiet_days"}
SAVED = "Saved. It holds for everything that happens from now on, and for what waits already."


@dataclass(frozen=True)
class MailPreview:
    """A letter that gathers still, written as it would be if it were sent now."""

    digest_id: int
    due_at: datetime
    message: EmailMultiAlternatives

    @property
    def to(self) -> str:
        """Who would get it."""
        return ", ".join(self.message.to)


@page()
def preferences(request: PageRequest) -> HttpResponse:
    """How messages come. What cannot be is refused beside its field; nothing that was typed is lost."""
    choices = selectors.preferences(request.principal)
    if request.method != "POST":
        return _page(request, kept_form(choices, selectors.quiet_hours(request.principal)))
    errors = malformed(request.POST)
    if not errors:
        try:
            operations.set_everything(
                request.principal, wishes=wishes_of(choices, request.POST), quiet=quiet_of(request.POST)
            )
        except Refusal as error:
            errors = {FIELDS.get(error.code, "form"): error.message}
    if errors:
        return _page(request, typed_form(choices, request.POST, errors), status=422)
    say(request, SAVED, "is-ok")
    return go(reverse("preferences"))


def _page(request: PageRequest, form: WishForm, *, status: int = 200) -> HttpResponse:
    zone = selectors.zone_of_day(request.principal)
    with timezone.override(ZoneInfo(zone)):
        label = zone_label(clock.now())
    context = {
        "tab": "messages",
        "form": form,
        "zone": zone,
        "zone_label": label,
        "bell": selectors.bell(request.principal),
        "mails": mail_previews(request.principal),
    }
    return respond(request, "web/notices/preferences.html", context, status=status)


def mail_previews(principal: Principal) -> list[MailPreview]:
    """The letters that gather for a person, rendered by the code that sends them."""
    waiting = {digest.pk: digest for digest in selectors.letters_waiting(principal)}
    letters = selectors.letters_of(list(waiting.values()))
    return [MailPreview(one.digest_id, waiting[one.digest_id].due_at, compose(one)) for one in letters]
