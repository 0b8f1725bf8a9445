"""The words messages are said in: the operator's own for a language, and what those who write them need to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Stage
from makegood.notifications.models import MessageText
from makegood.notifications.states import TITLES, Template, speaking
from makegood.notifications.states.locales import chain_of, language_name, language_of
from makegood.notifications.states.sentences import line, sentence, shipped_line, shipped_sentence
from makegood.notifications.states.wording import (
    COUNT,
    HEADING,
    PIECES,
    SINGLE,
    Own,
    Piece,
    forms_of,
    number_of,
)
from makegood.parties.entries import Principal
from makegood.parties.models import User

TITLED = {
    "why": "Why",
    "heard": "What we heard",
    "guideline": "The guideline",
    "again": "If you see it differently",
    "contact": "Further questions",
}
"""The shipped titles inside a decision letter, in English."""
MADE_UP: Mapping[str, Any] = {
    "label": "D-10001",
    "currency": "USD",
    "micros": 45_000_000,
    "tax_micros": 3_712_500,
    "question": "Which number did the caller dial?",
    "resolution": "Already handled elsewhere",
    "clock": "decision",
    "cause": "The recording says otherwise.",
}


@dataclass(frozen=True)
class Form:
    """One form of a piece: what holds now, the shipped words with their placeholders, and how it reads."""

    key: str
    said: str
    shipped: str
    preview: str
    number: int | None = None


@dataclass(frozen=True)
class PieceView:
    """A piece of a message in one language; ``is_own`` says that the shipped words do not hold."""

    piece: Piece
    forms: tuple[Form, ...]
    is_own: bool
    row_id: int | None = None


@dataclass(frozen=True)
class Language:
    """A language of the page; ``own`` counts the pieces said in own words, ``falls_to`` names what its readers get
    without any, where that is another language."""

    code: str
    name: str
    own: int
    falls_to: str
    readers: int


def own_words(locale: str) -> Own:
    """The operator's words for a reader of this locale: its own, else those of its language, else English ones."""
    chain = chain_of(locale)
    rows = MessageText.objects.filter(locale__in=chain).values_list("template", "piece", "locale", "forms")
    said: dict[tuple[str, str, str], str] = {}
    written: dict[tuple[str, str], int] = {}
    for template, piece, language, forms in rows:
        place = chain.index(language)
        if not forms or written.get((template, piece), len(chain)) < place:
            continue
        written[template, piece] = place
        said.update({(template, piece, form): text for form, text in forms.items()})
    return Own(language_of(locale), said)


def title_of(template: Template, own: Own) -> str:
    """What a message is called, in the language in force."""
    return own.words(template, HEADING) or str(TITLES[template])


def languages(codes: tuple[str, ...], shipped: tuple[str, ...]) -> list[Language]:
    """The languages that own words can be written in, with how many there are."""
    counted: dict[str, int] = {}
    for locale, forms in MessageText.objects.values_list("locale", "forms"):
        counted[locale] = counted.get(locale, 0) + bool(forms)
    readers: dict[str, int] = {}
    for locale in User.objects.filter(is_active=True).values_list("locale", flat=True):
        readers[language_of(locale)] = readers.get(language_of(locale), 0) + 1
    return [
        Language(code, language_name(code), counted.get(code, 0), _falls(code, shipped), readers.get(code, 0))
        for code in codes
    ]


def _falls(code: str, shipped: tuple[str, ...]) -> str:
    """The language that readers get who have no own words; empty where it is their own."""
    if code in shipped:
        return ""
    language = language_of(code)
    return language_name(language if language in shipped else "en")


def piece_view(principal: Principal, template: Template, piece: Piece, locale: str) -> PieceView:
    """A piece as it stands in a language, each form with its preview by the viewer's own items."""
    row = MessageText.objects.filter(template=template, piece=piece.key, locale=locale).first()
    return _view(template, piece, locale, row, own_words(locale), sample(principal))


def pieces_in(principal: Principal, locale: str) -> list[tuple[Template, list[PieceView]]]:
    """Every message with its pieces as they stand in a language."""
    rows = {(row.template, row.piece): row for row in MessageText.objects.filter(locale=locale)}
    own, facts = own_words(locale), sample(principal)
    return [
        (
            template,
            [_view(template, piece, locale, rows.get((template.value, piece.key)), own, facts) for piece in pieces],
        )
        for template, pieces in PIECES.items()
    ]


def _view(
    template: Template, piece: Piece, locale: str, row: MessageText | None, own: Own, facts: Mapping[str, Any]
) -> PieceView:
    said = row.forms if row else {}
    return PieceView(piece, forms_shown(template, piece, locale, said, own, facts), bool(said), row.pk if row else None)


def forms_shown(
    template: Template, piece: Piece, locale: str, said: Mapping[str, str], own: Own, known: Mapping[str, Any]
) -> tuple[Form, ...]:
    """The forms of a piece with words as typed, and how each reads with these facts."""
    facts = {**known, **piece.facts}
    typed = {(template.value, piece.key, form): text for form, text in said.items() if text}
    words = Own(language_of(locale), {**own.said, **typed})
    found = []
    with speaking(locale):
        for key in forms_of(locale) if piece.counts else (SINGLE,):
            number = number_of(locale, key) if piece.counts else None
            shipped, preview = _read(template, piece, facts, words, number)
            found.append(Form(key, said.get(key, ""), shipped, preview, number))
    return tuple(found)


def _read(template: Template, piece: Piece, facts: Mapping[str, Any], own: Own, number: int | None) -> tuple[str, str]:
    """The shipped words of a piece with placeholders, and what is read now."""
    if piece.key == COUNT:
        return shipped_sentence(template, number or 1), sentence(template, number or 1, own)
    if piece.key == HEADING:
        return str(TITLES[template]), title_of(template, own)
    if piece.key in TITLED:
        shipped = gettext(TITLED[piece.key])
        return shipped, own.words(template, piece.key) or shipped
    return shipped_line(template, facts), line(template, facts, own)


def sample(principal: Principal) -> dict[str, Any]:
    """Facts to show words with: of the latest dispute in scope, made up where there is none."""
    found = disputes_visible_to(principal).exclude(stage=Stage.DRAFT).order_by("-number", "-pk").first()
    if found is None:
        return dict(MADE_UP)
    real = {"label": str(found), "currency": found.currency, "micros": found.decided_micros or found.amount_micros}
    return {**MADE_UP, **real}
