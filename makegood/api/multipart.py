"""Forms with one file, as multipart/form-data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from makegood.api.errors import BadParameter, FieldInvalid, FieldRequired, UnsupportedMediaType
from makegood.api.http import FORM, Request

FIELD = "file"
_AROUND = 16 * 1024
"""How many bytes a form may have beside its file."""


@dataclass(frozen=True)
class Sent:
    """A file as it was sent; the name is its sender's."""

    name: str
    content: bytes


class _Collected(FileUploadHandler):
    """Keeps files in memory; the body they come from is there already, and small enough."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, Sent]] = []
        self._parts: list[bytes] = []

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._parts = []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._parts.append(raw_data)
        return None

    def file_complete(self, file_size: int) -> None:
        self.found.append((self.field_name or "", Sent(self.file_name or "", b"".join(self._parts))))


def one_file(request: Request, most_bytes: int) -> Sent:
    """The file of the form; an idempotency key is compared by its content and name.

    Raises UnsupportedMediaType, BodyTooLarge, BadParameter, FieldRequired, FieldInvalid.
    """
    if request.media_type != FORM:
        raise UnsupportedMediaType(accepted=FORM, headers={"Accept": FORM})
    raw = request.raw(most_bytes + _AROUND)
    handler = _Collected()
    meta = {"CONTENT_TYPE": request.headers["content-type"], "CONTENT_LENGTH": str(len(raw))}
    try:
        MultiPartParser(meta, BytesIO(raw), [handler], "utf-8").parse()
    except (MultiPartParserError, SuspiciousOperation, LookupError, UnicodeError) as error:
        raise BadParameter(field="body", cause="it is no multipart form that can be read") from error
    if len(handler.found) > 1:
        raise FieldInvalid(field=FIELD, cause="one call takes one file")
    sent = next((file for name, file in handler.found if name == FIELD), None)
    if sent is None:
        raise FieldRequired(field=FIELD)
    request.json = {"sha256": hashlib.sha256(sent.content).hexdigest(), "name": sent.name}
    return sent
