"""Pure rules of files: how many, how large and of which kinds; what a name and a text may be."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_NAME = 120
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Kind:
    """A kind of file that can be taken; ``said`` is how a person calls it, ``icon`` one of the sprite."""

    key: str
    mime: str
    said: str
    icon: str

    @property
    def is_image(self) -> bool:
        """Whether it is looked at as a picture."""
        return self.mime.startswith("image/")


KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("jpg", "image/jpeg", "a JPG image", "image"),
        Kind("png", "image/png", "a PNG image", "image"),
        Kind("webp", "image/webp", "a WebP image", "image"),
        Kind("pdf", "application/pdf", "a PDF", "page"),
        Kind("txt", "text/plain", "a text", "page"),
        Kind("csv", "text/csv", "a CSV", "table"),
        Kind("mp3", "audio/mpeg", "an MP3 recording", "sound"),
        Kind("wav", "audio/wav", "a WAV recording", "sound"),
        Kind("ogg", "audio/ogg", "an OGG recording", "sound"),
    )
}
"""Every kind that can be opened here, by its key, which is its usual ending."""
KIND_OF_MIME: Mapping[str, Kind] = {kind.mime: kind for kind in KINDS.values()}
DEFAULT_TYPES = tuple(KINDS)


@dataclass(frozen=True)
class Limits:
    """What a program takes as evidence of one dispute: ``max_bytes`` is of each file, ``types`` are keys of kinds."""

    max_files: int = 5
    max_bytes: int = 10 * MEGABYTE
    types: tuple[str, ...] = DEFAULT_TYPES

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Limits:
        """Read a program's ``evidence_files``; what is absent, or unknown here, takes the usual value."""
        own = settings.get("evidence_files") or {}
        named = tuple(key for key in own.get("types", DEFAULT_TYPES) if key in KINDS)
        return cls(
            max_files=max(0, int(own.get("max_files", cls.max_files))),
            max_bytes=max(1, int(own.get("max_bytes", cls.max_bytes))),
            types=named,
        )

    @property
    def size(self) -> str:
        """The most that one file may have, as a person says it."""
        return size_said(self.max_bytes)

    @property
    def kinds(self) -> str:
        """The kinds as a person reads them: ``JPG, PNG or PDF``."""
        names = [key.upper() for key in self.types]
        return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)

    @property
    def accept(self) -> str:
        """The attribute of a file field: endings and types."""
        return ",".join(part for key in self.types for part in (f".{key}", KINDS[key].mime))

    @property
    def takes_images(self) -> bool:
        """Whether a photo is among what is taken."""
        return any(KINDS[key].is_image for key in self.types)

    def takes(self, mime: str) -> bool:
        """Whether files of that type are taken."""
        return mime in {KINDS[key].mime for key in self.types}


def widest(limits: list[Limits]) -> Limits:
    """What at least one of several programs takes; without any, what is usual."""
    if not limits:
        return Limits()
    return Limits(
        max_files=max(one.max_files for one in limits),
        max_bytes=max(one.max_bytes for one in limits),
        types=tuple(key for key in KINDS if any(key in one.types for one in limits)),
    )


def size_said(count: int) -> str:
    """Bytes as a person says them: ``10 MB``, ``1.4 MB``, ``312 KB``, ``80 bytes``."""
    if count < 1024:
        return f"{count} bytes"
    if count < MEGABYTE:
        return f"{-(-count // 1024)} KB"
    tenths = -(-count * 10 // MEGABYTE)
    return f"{tenths // 10} MB" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10} MB"


_UNSAFE = re.compile(r'[\x00-\x1f\x7f"<>|:*?\\/%;]+')
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_SAME = {"jpg": ("jpg", "jpeg", "jpe", "jfif"), "txt": ("txt", "text", "log", "md"), "csv": ("csv", "tsv"),
         "ogg": ("ogg", "oga", "opus")}  # fmt: skip


def clean_name(sent: str, kind: Kind | None = None) -> str:
    """The last part of a name without what no file system, header or page likes, and with the ending of its kind."""
    last = sent.replace("\\", "/").rpartition("/")[2]
    plain = unicodedata.normalize("NFC", "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs")))
    plain = re.sub(r"\s+", " ", _UNSAFE.sub("_", plain)).strip(" ._")
    if kind is None:
        return plain[:LONGEST_NAME] or "file"
    ending = _ENDING.search(plain)
    stem = plain[: ending.start()] if ending else plain
    known = ending is not None and ending[0][1:].lower() in _SAME.get(kind.key, (kind.key,))
    last_part = ending[0] if ending is not None and known else f".{kind.key}"
    return f"{stem.strip(' ._')[: LONGEST_NAME - len(last_part)] or 'file'}{last_part}"


def family(head: bytes) -> str:
    """What the first bytes announce: a key of ``KINDS``, ``heic``, or nothing for what may be text or is unknown."""
    for start, key in ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"%PDF-", "pdf"), (b"OggS", "ogg")):
        if head.startswith(start):
            return key
    if head[4:8] == b"ftyp" and head[8:12] in {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}:
        return "heic"
    if head[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(head[8:12], "")
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return "mp3"
    return ""


_MARKUP = re.compile(r"<(!doctype|html|head|body|script|svg|\?xml|iframe|meta|link|style|img|object|embed)\b", re.I)
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_LOOK = 100_000


def text_of(content: bytes) -> str | None:
    """The text that bytes are: UTF-8, UTF-16 with its mark, or Windows-1252; None for what is no plain text.

    What a browser would take for a page or a drawing (HTML, SVG, XML) is none.
    """
    coding = next((name for mark, name in _BOMS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(coding)
    except UnicodeDecodeError:
        if coding != "utf-8":
            return None
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            return None
    controls = sum(1 for c in text[:_LOOK] if c < " " and c not in "\t\n\r\f")
    if controls or "\x00" in text or _MARKUP.search(text[:_LOOK]):
        return None
    return text if text.strip() else None


def text_kind(text: str, name: str) -> str:
    """``csv`` for a text that its name and its first lines say is a table, else ``txt``."""
    if not name.lower().endswith((".csv", ".tsv")):
        return "txt"
    try:
        csv.Sniffer().sniff(text[:10_000], delimiters=",;\t|")
    except csv.Error:
        return "txt"
    return "csv"


_TRAILER = 2048


def is_whole_pdf(content: bytes) -> bool:
    """Whether a PDF begins as one, points at its table, and ends as one with nothing else behind it."""
    tail = content[-_TRAILER:]
    end = tail.rfind(b"%%EOF")
    begins = re.match(rb"%PDF-[12]\.\d", content) is not None
    nothing_behind = end >= 0 and not tail[end + 5 :].strip(b"\r\n\t \x00")
    return begins and nothing_behind and re.search(rb"startxref\s+\d+\s+$", tail[:end]) is not None


def riff_ends(content: bytes) -> bool:
    """Whether a RIFF file has nothing behind what it announces; a size of none or all says that it was streamed."""
    announced = int.from_bytes(content[4:8], "little")
    return announced in (0, 0xFFFFFFFF) or len(content) - 8 - announced <= 1
