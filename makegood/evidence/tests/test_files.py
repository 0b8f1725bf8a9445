"""What a file is found to be, and what is kept of it."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from PIL import Image

from makegood.evidence.errors import files as errors
from makegood.evidence.operations.opening import MOST_PIXELS, opened
from makegood.evidence.policy.files import Limits, clean_name, size_said, widest
from makegood.evidence.tests import made
from makegood.kernel.errors import Refusal

ALL = Limits()
KINDS = "JPG, PNG, WEBP, PDF, TXT, CSV, MP3, WAV or OGG"


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a.html", "<script>alert(1)</script>")
    return out.getvalue()


def named(value: object) -> str:
    """A name of a case that is the same in every process: contents differ from run to run."""
    return "" if isinstance(value, bytes) else getattr(value, "__name__", None) or ascii(value)


@pytest.mark.parametrize(
    ("content", "sent", "mime", "name"),
    [
        (made.image("JPEG"), "IMG 1.JPEG", "image/jpeg", "IMG 1.JPEG"),
        (made.image("PNG"), "shot.png", "image/png", "shot.png"),
        (made.image("WEBP"), "shot.webp", "image/webp", "shot.webp"),
        (made.pdf(), "letter.pdf", "application/pdf", "letter.pdf"),
        (made.sound("WAV"), "call.wav", "audio/wav", "call.wav"),
        (made.sound("MP3"), "call.mp3", "audio/mpeg", "call.mp3"),
        (made.sound("OGG"), "call.ogg", "audio/ogg", "call.ogg"),
        (b"He asked for tires.\r\n", "note.txt", "text/plain", "note.txt"),
        ("Grüße".encode("cp1252"), "note.log", "text/plain", "note.log"),
        ("Grüße".encode("utf-16"), "note", "text/plain", "note.txt"),
        (b"call,seconds\n1,14\n2,9\n", "calls.csv", "text/csv", "calls.csv"),
        # What it is called does not matter.
        (made.image("PNG"), "letter.pdf", "image/png", "letter.png"),
        (made.pdf(), "photo.jpg", "application/pdf", "photo.pdf"),
        (made.sound("WAV"), "../../etc/pass\x00wd.exe", "audio/wav", "passwd.wav"),
        (b"call,seconds\n1,14\n", "calls.html", "text/plain", "calls.txt"),
    ],
    ids=named,
)
def test_a_file_is_what_it_opens_as(content: bytes, sent: str, mime: str, name: str) -> None:
    found = opened(content, sent, ALL)
    assert (found.kind.mime, found.name) == (mime, name)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"<!doctype html><script>alert(1)</script>", "page.txt", errors.TypeNotTaken),
        (b"\xef\xbb\xbf  <svg onload='alert(1)'/>", "drawing.png", errors.TypeNotTaken),
        (b"<?xml version='1.0'?><a/>", "a.csv", errors.TypeNotTaken),
        (b"plain words, then <IFRAME src=x>", "a.txt", errors.TypeNotTaken),
        (b"MZ\x90\x00\x03\x00\x00\x00", "setup.exe", errors.TypeNotTaken),
        (zipped(), "archive.pdf", errors.TypeNotTaken),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "a.png", errors.TypeNotTaken),
        (b"RIFF\x24\x00\x00\x00AVI LIST", "film.wav", errors.TypeNotTaken),
        (b"a\x00b", "a.txt", errors.TypeNotTaken),
        (b" \n ", "a.txt", errors.TypeNotTaken),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "IMG_1.HEIC", errors.HeicNotTaken),
        # Two files in one.
        (made.pdf() + zipped(), "letter.pdf", errors.FileBroken),
        (made.pdf() + b"<script>alert(1)</script>", "letter.pdf", errors.FileBroken),
        (made.sound("WAV") + zipped(), "call.wav", errors.FileBroken),
        # Only the beginning is there.
        (b"\xff\xd8\xff" + b"<script>alert(1)</script>" * 9, "photo.jpg", errors.FileBroken),
        (made.image("PNG")[:60], "shot.png", errors.FileBroken),
        (made.pdf()[:120], "letter.pdf", errors.FileBroken),
        (made.sound("OGG")[:40], "call.ogg", errors.FileBroken),
        (b"ID3\x03\x00" + b"x" * 400, "call.mp3", errors.FileBroken),
        (made.bomb(), "photo.png", errors.ImageTooLarge),
        (made.bomb(9_000, 9_000), "photo.png", errors.ImageTooLarge),
        (b"", "photo.png", errors.FileEmpty),
    ],
    ids=named,
)
def test_what_is_not_what_is_taken_is_refused(content: bytes, name: str, kind: type[Refusal]) -> None:
    with pytest.raises(kind) as caught:
        opened(content, name, ALL)
    assert clean_name(name).partition(".")[0] in caught.value.message


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_picture_whose_metadata_is_broken_is_taken_and_turned(kind: str) -> None:
    described, as_a_float = b"\x01\x0e\x00\x02", b"\x01\x0e\x00\x0b"
    sent = made.image(kind)
    assert described in sent
    found = opened(sent.replace(described, as_a_float), "photo.jpg", ALL)
    assert (found.width, found.height) == (20, 40)


def test_the_refusal_names_what_is_taken() -> None:
    with pytest.raises(errors.TypeNotTaken) as caught:
        opened(b"MZ\x90\x00", "setup.exe", ALL)
    assert caught.value.message == f"setup.exe is none of the files that can be attached here: {KINDS}."


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_image_is_kept_upright_and_without_anything_beside_its_pixels(kind: str) -> None:
    sent = made.image(kind, (400, 200))
    assert b"Exif" in sent or b"eXIf" in sent or b"EXIF" in sent
    found = opened(sent, "photo.bin", ALL)
    for content in (found.content, *(found.smaller or {}).values()):
        for mark in (b"Exif", b"eXIf", b"EXIF", b"GPS", made.PLACE.encode(), b"tEXt", b"ICC"):
            assert mark not in content
        with Image.open(io.BytesIO(content)) as image:
            assert not image.getexif()
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "loop", "background",
                                       "timestamp", "duration"}  # fmt: skip
            # Turned by a quarter: what was left is on top.
            assert image.height == 2 * image.width
            red, _, blue = image.convert("RGB").getpixel((image.width // 2, 2))
            assert red > 200 > blue
    assert (found.width, found.height) == (200, 400)


def test_what_was_hidden_behind_an_image_is_gone() -> None:
    found = opened(made.image("JPEG") + zipped() + b"<script>alert(1)</script>", "photo.jpg", ALL)
    assert b"script" not in found.content
    assert b"PK\x03\x04" not in found.content


def test_transparency_stays_and_the_smaller_pictures_are_white_there() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    found = opened(out.getvalue(), "logo.png", ALL)
    with Image.open(io.BytesIO(found.content)) as image:
        assert image.getpixel((4, 4))[3] == 0  # type: ignore[index]
    with Image.open(io.BytesIO((found.smaller or {})["view"])) as image:
        assert min(image.getpixel((4, 4))) > 250  # type: ignore[arg-type]


def test_an_image_of_as_many_pixels_as_are_taken_is_taken() -> None:
    assert 9_000 * 9_000 > MOST_PIXELS > 48_000_000


@pytest.mark.parametrize(
    ("limits", "content", "name", "message"),
    [
        (Limits(max_bytes=2048), b"x" * 2049, "a.txt", "a.txt is larger than 2 KB, the most that one file may have."),
        (
            Limits(types=("jpg", "pdf")),
            made.image("PNG"),
            "a.png",
            "a.png is none of the files that can be attached here: JPG or PDF.",
        ),
    ],
    ids=named,
)
def test_a_program_takes_what_its_settings_say(limits: Limits, content: bytes, name: str, message: str) -> None:
    with pytest.raises(Refusal) as caught:
        opened(content, name, limits)
    assert caught.value.message == message
    assert opened(b"x" * 2048, "a.txt", Limits(max_bytes=2048)).content == b"x" * 2048


def test_limits_are_read_from_settings() -> None:
    limits = Limits.of({"evidence_files": {"max_files": 2, "max_bytes": 1024, "types": ["png", "exe"]}})
    assert (limits.max_files, limits.max_bytes, limits.types) == (2, 1024, ("png",))
    assert Limits.of({}) == Limits()
    both = widest([limits, Limits(3, 512, ("pdf",))])
    assert (both.max_files, both.max_bytes, both.types) == (3, 1024, ("png", "pdf"))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Users\\me\\photo.jpg", "photo.jpg"),
        ('a"b<c>.txt', "a_b_c_.txt"),
        ("\u202egpj.exe", "gpj.exe"),
        ("  ...  ", "file"),
        ("", "file"),
        ("x" * 300, "x" * 120),
    ],
)
def test_names_are_made_harmless(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


@pytest.mark.parametrize(
    ("count", "said"),
    [(80, "80 bytes"), (1500, "2 KB"), (1_048_576, "1 MB"), (10_485_760, "10 MB"), (1_500_000, "1.5 MB")],
)
def test_sizes_are_said_as_people_do(count: int, said: str) -> None:
    assert size_said(count) == said


def test_texts_and_sounds_are_kept_as_they_came() -> None:
    for content in (made.sound("MP3"), made.pdf(), b"words"):
        assert hashlib.sha256(opened(content, "a", ALL).content).digest() == hashlib.sha256(content).digest()
