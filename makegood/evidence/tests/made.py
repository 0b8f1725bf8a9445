"""Files made in code: images with everything in their metadata, sounds, texts, a PDF; and things that only pretend."""

from __future__ import annotations

import io
import struct
import zlib

import numpy
import soundfile
from PIL import Image, PngImagePlugin

PLACE = "Rue de la Paix 7"
_ORIENTATION, _DESCRIPTION, _GPS = 0x0112, 0x010E, 0x8825


def exif(*, orientation: int = 6) -> Image.Exif:
    """Metadata as a phone writes it: turned, described, with a place."""
    made = Image.Exif()
    made[_ORIENTATION] = orientation
    made[_DESCRIPTION] = PLACE
    made[_GPS] = {1: "N", 2: (48.0, 52.0, 9.0), 3: "E", 4: (2.0, 19.0, 52.0)}
    return made


def image(kind: str = "JPEG", size: tuple[int, int] = (40, 20), *, color: str = "red", orientation: int = 6) -> bytes:
    """An image that is red on its left half and blue on its right, with metadata."""
    picture = Image.new("RGB", size, color)
    picture.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    if kind == "PNG":
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Comment", PLACE)
        picture.save(out, "PNG", pnginfo=notes, exif=exif(orientation=orientation))
    elif kind == "JPEG":
        picture.save(out, "JPEG", exif=exif(orientation=orientation), comment=PLACE.encode(), quality=95)
    else:
        picture.save(out, kind, exif=exif(orientation=orientation))
    return out.getvalue()


def sound(kind: str = "WAV", seconds: float = 0.2) -> bytes:
    """A tone of 8 kHz sampling; ``kind`` is WAV, MP3 or OGG."""
    rate = 8000
    wave = 0.3 * numpy.sin(numpy.arange(int(rate * seconds)) * 0.3)
    out = io.BytesIO()
    subtype = {"WAV": "PCM_16", "MP3": "MPEG_LAYER_III", "OGG": "VORBIS"}[kind]
    soundfile.write(out, wave, rate, format=kind, subtype=subtype)
    return out.getvalue()


def pdf() -> bytes:
    """A PDF of one empty page."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = len(out)
    out += b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG that announces far more pixels than it is long."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")
