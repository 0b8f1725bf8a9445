"""Finds what a file is by opening it; images are written anew, so that nothing hides in or beside their pixels."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import soundfile
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from makegood.evidence.errors import files as errors
from makegood.evidence.policy.files import (
    KINDS,
    Kind,
    Limits,
    clean_name,
    family,
    is_whole_pdf,
    riff_ends,
    text_kind,
    text_of,
)

MOST_PIXELS = 50_000_000
THUMB, VIEW = 160, 1600
"""The longer side, in pixels, of the two smaller pictures that pages show."""
_QUALITY = 90
_FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
_SOUNDS = {"mp3": "MP3", "wav": ("WAV", "WAVEX", "RF64"), "ogg": "OGG"}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by its EXIF orientation."""
_at_once = threading.BoundedSemaphore(2)
"""An image of 50 million pixels takes some 200 MB while it is written anew."""


@dataclass(frozen=True)
class Opened:
    """A file that was opened: ``content`` is what is kept; ``smaller`` are JPEGs of an image by their names."""

    kind: Kind
    name: str
    content: bytes
    width: int | None = None
    height: int | None = None
    smaller: Mapping[str, bytes] | None = None


def opened(content: bytes, name: str, limits: Limits) -> Opened:
    """What the bytes are, whatever their name says.

    Raises FileEmpty, FileTooLarge, TypeNotTaken, HeicNotTaken, FileBroken, ImageTooLarge.
    """
    said = clean_name(name)
    if not content:
        raise errors.FileEmpty(name=said)
    if len(content) > limits.max_bytes:
        raise errors.FileTooLarge(name=said, limit=limits.size)
    key = family(content[:64])
    if key == "heic":
        raise errors.HeicNotTaken(name=said)
    if not key:
        return _text(content, name, limits)
    if key not in limits.types:
        raise errors.TypeNotTaken(name=said, kinds=limits.kinds)
    return _OPENERS[key](content, name, KINDS[key])


def _text(content: bytes, name: str, limits: Limits) -> Opened:
    text = text_of(content)
    if text is not None:
        kind = text_kind(text, name)
        # A table is a text too.
        for key in dict.fromkeys((kind, "txt" if kind == "csv" else "")):
            if key in limits.types:
                return Opened(KINDS[key], clean_name(name, KINDS[key]), content)
    raise errors.TypeNotTaken(name=clean_name(name), kinds=limits.kinds)


def _pdf(content: bytes, name: str, kind: Kind) -> Opened:
    if not is_whole_pdf(content):
        raise errors.FileBroken(name=clean_name(name), kind=kind.said)
    return Opened(kind, clean_name(name, kind), content)


def _sound(content: bytes, name: str, kind: Kind) -> Opened:
    broken = errors.FileBroken(name=clean_name(name), kind=kind.said)
    if kind.key == "wav" and not riff_ends(content):
        raise broken
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as sound:
            heard = len(sound.read(frames=min(sound.samplerate, sound.frames), dtype="float32"))
            if sound.format not in _SOUNDS[kind.key] or not heard:
                raise broken
    except (soundfile.LibsndfileError, RuntimeError, ValueError) as error:
        raise broken from error
    return Opened(kind, clean_name(name, kind), content)


def _image(content: bytes, name: str, kind: Kind) -> Opened:
    said = clean_name(name, kind)
    try:
        with _at_once, Image.open(io.BytesIO(content), formats=[_FORMATS[kind.key]]) as found:
            if found.width * found.height > MOST_PIXELS:
                raise errors.ImageTooLarge(name=said, megapixels=MOST_PIXELS // 1_000_000)
            plain = _pixels(found)
            kept = _written(plain, kind)
            smaller = {"thumb": _smaller(plain, THUMB), "view": _smaller(plain, VIEW)}
            return Opened(kind, said, kept, plain.width, plain.height, smaller)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise errors.ImageTooLarge(name=said, megapixels=MOST_PIXELS // 1_000_000) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, MemoryError) as error:
        raise errors.FileBroken(name=said, kind=kind.said) from error


def _pixels(found: Image.Image) -> Image.Image:
    """The first picture of an image as it is meant to be seen: upright, in sRGB, with nothing beside its pixels."""
    found.load()
    profile = found.info.get("icc_profile")
    upright = _upright(found)
    has_alpha = "transparency" in upright.info or upright.mode in ("RGBA", "LA", "PA")
    if upright.mode == "CMYK":
        upright = upright.convert("RGB") if not profile else upright
    elif upright.mode not in ("L", "RGB", "RGBA"):
        upright = upright.convert("RGBA" if has_alpha else "L" if upright.mode in ("1", "I;16", "I") else "RGB")
    if profile:
        upright = _in_srgb(upright, profile)
    plain = upright.copy()
    plain.info = {}
    return plain


def _upright(found: Image.Image) -> Image.Image:
    """The picture turned as its camera says; the rest of what the camera wrote is not looked at, broken or not."""
    turn = _TURNS.get(found.getexif().get(ExifTags.Base.Orientation, 1))
    return found if turn is None else found.transpose(turn)


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The same colors without their profile; a profile that cannot be read is passed over."""
    if image.mode == "L":
        return image
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        turned = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        turned = None
    return turned or (image.convert("RGB") if image.mode == "CMYK" else image)


def _written(image: Image.Image, kind: Kind) -> bytes:
    out = io.BytesIO()
    if kind.key == "jpg":
        _on_white(image).save(out, "JPEG", quality=_QUALITY)
    elif kind.key == "png":
        image.save(out, "PNG")
    else:
        image.save(out, "WEBP", quality=_QUALITY)
    return out.getvalue()


def _smaller(image: Image.Image, side: int) -> bytes:
    small = _on_white(image)
    small.thumbnail((side, side))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    """A copy without transparency."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    page = Image.new("RGB", image.size, "white")
    page.paste(image, mask=image.getchannel("A"))
    return page


_OPENERS: Mapping[str, Callable[[bytes, str, Kind], Opened]] = {
    "jpg": _image,
    "png": _image,
    "webp": _image,
    "pdf": _pdf,
    "mp3": _sound,
    "wav": _sound,
    "ogg": _sound,
}
