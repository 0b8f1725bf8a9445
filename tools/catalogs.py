"""`python -m tools.catalogs`: collect the sentences that people read in their language, and compile the catalogs.

What `gettext` and `ngettext` say in Python goes into `makegood/locale/<language>/LC_MESSAGES/django.po`; sentences that
are there keep their translation. The compiled `django.mo` beside it is kept in the tree, so that an installation needs
no compiler.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "makegood" / "locale"
SOURCES = ("notifications", "web")
KEYWORDS = {"gettext": None, "gettext_lazy": None, "ngettext": (1, 2)}


def collected() -> Catalog:
    """Every sentence of the sources, each with the files that say it."""
    catalog = Catalog(project="makegood", charset="utf-8")
    for path in sorted(path for name in SOURCES for path in (ROOT / "makegood" / name).rglob("*.py")):
        for _, message, _, _ in extract_from_file("python", path, keywords=KEYWORDS):
            catalog.add(message, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return catalog


def languages() -> list[Path]:
    """The catalogs that there are."""
    return sorted(FOLDER.glob("*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    """One catalog, in its language."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name)


def compiled(catalog: Catalog) -> bytes:
    """The catalog as programs read it."""
    kept = BytesIO()
    write_mo(kept, catalog)
    return kept.getvalue()


def main() -> None:
    """Bring every catalog up to date and compile it."""
    template = collected()
    for path in languages():
        catalog = read(path)
        catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalog, width=100, omit_header=False, include_lineno=False, sort_output=True)
        path.with_suffix(".mo").write_bytes(compiled(read(path)))


if __name__ == "__main__":
    main()
