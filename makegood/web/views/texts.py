"""What messages say: the shipped words, the operator's own, per language, with a preview."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.disputes.selectors.catalogs import last_change
from makegood.kernel.errors import Refusal
from makegood.notifications import operations
from makegood.notifications.operations.texts import LONGEST, checked_forms
from makegood.notifications.selectors import texts as selector
from makegood.notifications.selectors.texts import Form, PieceView
from makegood.notifications.states import Template
from makegood.notifications.states.locales import OFFERED, SHIPPED, language_known, language_name
from makegood.notifications.states.wording import NO_WORDS, Piece, forms_of, piece_named
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, is_part, page, respond, say
from makegood.web.word_fields import changes_said

FIRST = "en"


@page(Verb.PROGRAM_VIEW)
def texts(request: PageRequest) -> HttpResponse:
    """Every message of a language with its pieces as they read now."""
    language = request.GET.get("language", FIRST)
    if not language_known(language):
        raise NotFound()
    languages = selector.languages(OFFERED, SHIPPED)
    context = {
        "language": next(one for one in languages if one.code == language),
        "languages": languages,
        "shown": [
            (template, selector.title_of(template, NO_WORDS), views)
            for template, views in selector.pieces_in(request.principal, language)
        ],
        "may_edit": request.principal.can(Verb.PROGRAM_EDIT),
    }
    return respond(request, "web/texts/list.html", context)


@page(Verb.PROGRAM_EDIT)
def text(request: PageRequest, template: str, piece: str, language: str) -> HttpResponse:
    """One piece in one language: its forms, what they can name, and how they read."""
    kind, found = _named(template, piece, language)
    view = selector.piece_view(request.principal, kind, found, language)
    if request.method != "POST":
        return _form(request, kind, view, language, view.forms)
    typed = {form: request.POST.get(f"form.{form}", "").strip() for form in _forms(view)}
    refused = None
    try:
        if "preview" in request.POST:
            checked_forms(found, language, typed)
        else:
            operations.set_text(request.principal, template=template, piece=piece, locale=language, forms=typed)
            say(request, "Saved. From now on messages say it so.", "is-ok")
            return go(f"{reverse('message_texts')}?language={language}#m-{template}")
    except Refusal as error:
        refused = error
    own = selector.own_words(language)
    facts = selector.sample(request.principal)
    shown = selector.forms_shown(kind, found, language, {} if refused else typed, own, facts)
    forms = tuple(Form(one.key, typed[one.key], one.shipped, one.preview, one.number) for one in shown)
    return _form(request, kind, view, language, forms, refused)


@require_POST
@page(Verb.PROGRAM_EDIT)
def text_back(request: PageRequest, template: str, piece: str, language: str) -> HttpResponse:
    """The shipped words again."""
    _named(template, piece, language)
    operations.put_text_back(request.principal, template=template, piece=piece, locale=language)
    say(request, "The shipped words hold again.", "is-ok")
    return go(f"{reverse('message_texts')}?language={language}#m-{template}")


def _forms(view: PieceView) -> tuple[str, ...]:
    return tuple(form.key for form in view.forms)


def _named(template: str, piece: str, language: str) -> tuple[Template, Piece]:
    found = piece_named(Template(template), piece) if template in set(Template) else None
    if found is None or not language_known(language):
        raise NotFound()
    return Template(template), found


def _form(
    request: PageRequest,
    template: Template,
    view: PieceView,
    language: str,
    forms: tuple[Form, ...],
    refused: Refusal | None = None,
) -> HttpResponse:
    last = last_change("message_text", view.row_id) if view.row_id else None
    context = {
        "template": template,
        "title": selector.title_of(template, NO_WORDS),
        "view": view,
        "forms": forms,
        "plural": len(forms_of(language)) > 1 and view.piece.counts,
        "language": language,
        "language_name": language_name(language),
        "refused": refused,
        "wrong": str(refused.fields.get("field", "")) if refused else "",
        "most": LONGEST,
        "last": last,
        "last_fields": changes_said(_spread(last.fields), {}) if last else [],
    }
    part = "web/texts/preview.html" if is_part(request) else ""
    status = refused.status if refused and not part else 200
    return respond(request, "web/texts/text.html", context, part=part, status=status)


def _spread(fields: tuple[tuple[str, Mapping[str, str], Mapping[str, str]], ...]) -> list[tuple[str, str, str]]:
    """The forms of a change one by one; what had no own words says so."""
    found = []
    for _, before, after in fields:
        for form in dict.fromkeys((*(before or {}), *(after or {}))):
            name = f"Form {form}" if form else "Words"
            found.append(
                (name, (before or {}).get(form, "the shipped words"), (after or {}).get(form, "the shipped words"))
            )
    return found
