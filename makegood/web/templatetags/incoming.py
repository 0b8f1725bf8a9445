"""How the pages of imports and first steps write states and names."""

from __future__ import annotations

from django import template

from makegood.imports.models import Upload
from makegood.imports.states import UploadState
from makegood.web.incoming import WORDS, spoken

register = template.Library()


@register.filter
def upload_word(upload: Upload) -> str:
    """Where a file stands, in words."""
    return WORDS[UploadState(upload.state)]


@register.filter
def bracketed(name: str) -> str:
    """A field as it stands in a template: ``{external_id}``."""
    return f"{{{name}}}"


@register.filter
def in_page_words(sentence: str) -> str:
    """A sentence that was written for the command line."""
    return spoken(sentence)
