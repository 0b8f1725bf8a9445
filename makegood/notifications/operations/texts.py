"""Changes what messages say: the operator's own words in place of the shipped ones, and back."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from makegood.journal import operations as journal
from makegood.notifications.errors import BadWording, UnknownPlaceholder
from makegood.notifications.models import MessageText
from makegood.notifications.states import Template
from makegood.notifications.states.locales import language_known
from makegood.notifications.states.wording import SINGLE, Piece, forms_of, piece_named, strange_in
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand_for_all
from makegood.parties.states import Verb

LONGEST = 500


@transaction.atomic
def set_text(principal: Principal, *, template: str, piece: str, locale: str, forms: Mapping[str, str]) -> MessageText:
    """Say a piece of a message in own words; ``forms`` by plural form, the empty one where nothing is counted.

    Without any words the shipped ones hold again. Raises NotPermitted, NotFound (no such piece, no such language).
    Errors: BAD_WORDING, UNKNOWN_PLACEHOLDER, BEYOND_YOUR_LIMITS.
    """
    demand_for_all(principal, Verb.PROGRAM_EDIT, "a text of every program")
    kind, found = _named(template, piece)
    if not language_known(locale):
        raise NotFound()
    said = checked_forms(found, locale, forms)
    row, _ = MessageText.objects.select_for_update().get_or_create(template=kind, piece=piece, locale=locale)
    before, row.forms = row.forms, said
    if before != said:
        row.save(update_fields=["forms"])
        journal.record(
            principal,
            verb="change",
            event="message_text.changed",
            object_kind="message_text",
            object_id=row.pk,
            changes={
                "template": kind.value,
                "piece": piece,
                "locale": locale,
                "before": {"forms": before},
                "after": {"forms": said},
            },
        )
    return row


def put_text_back(principal: Principal, *, template: str, piece: str, locale: str) -> MessageText:
    """Let the shipped words hold again. Raises NotPermitted, NotFound. Errors: BEYOND_YOUR_LIMITS."""
    return set_text(principal, template=template, piece=piece, locale=locale, forms={})


def checked_forms(piece: Piece, locale: str, forms: Mapping[str, str]) -> dict[str, str]:
    """The words without needless spaces; nothing where nothing is said.

    Every plural form of the language has words, or none. Errors: BAD_WORDING, UNKNOWN_PLACEHOLDER.
    """
    known = forms_of(locale) if piece.counts else (SINGLE,)
    said = {form: " ".join(forms.get(form, "").split()) for form in known}
    if not any(said.values()):
        return {}
    for form, text in said.items():
        if not text:
            raise BadWording(problem=f'the form "{form}" has no words', field=form)
        if len(text) > LONGEST:
            raise BadWording(problem=f"they have at most {LONGEST} characters", field=form)
        if strange := strange_in(text, piece):
            names = ", ".join(f"{{{name}}}" for name in piece.holders)
            raise UnknownPlaceholder(
                placeholder=strange, known=f"What it can name: {names}." if names else "It names nothing.", field=form
            )
    return said


def _named(template: str, key: str) -> tuple[Template, Piece]:
    if template not in set(Template):
        raise NotFound()
    kind = Template(template)
    piece = piece_named(kind, key)
    if piece is None:
        raise NotFound()
    return kind, piece
