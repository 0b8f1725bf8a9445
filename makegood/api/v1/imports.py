"""Imports: a file of calls or bills in one request, what came of it, and the rows that were left out."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from makegood.api.errors import (
    BadCursor,
    BadHeader,
    BadParameter,
    BodyTooLarge,
    NoAccess,
    ServiceAway,
    UnsupportedMediaType,
)
from makegood.api.http import Request, Response
from makegood.api.routing import Keyed, Param, Route
from makegood.api.v1 import finding, ids, paging, tags
from makegood.api.v1.representations.import_batch import (
    IMPORT,
    ImportOutcome,
    ImportRun,
    ImportRunPage,
    import_run,
    outcome,
)
from makegood.imports import errors, operations
from makegood.imports.entries import BillOptions
from makegood.imports.models import ImportBatch
from makegood.imports.operations.rejects import HEADER
from makegood.imports.selectors import batches_visible_to, batches_with_rejects, rejects_of
from makegood.kernel.errors import Refusal, UnknownCurrency
from makegood.kernel.paging import Key
from makegood.parties.errors import UnknownCustomer, UnknownZone
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

TAG = "imports"
PATH = "/api/v1/imports"
CSV = "text/csv"
MEDIA = {CSV: "upload.csv", "application/x-ndjson": "upload.ndjson", "application/json": "upload.json"}
LIMIT = 2 * 1024**3
PIECE = 1024 * 1024
LONGEST = 200
ORDER = (Key("id", descending=True),)
_LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)
_UNSAFE = re.compile(r"[^\w.\- ]+", re.ASCII)
_PLACE = "The file"
OPTIONS = (
    Param("mapping", str, "The format of the file: tmf678, tmf635 or bill_csv for bills; of a call log, which is "
          "recognized without it.", example="bill_csv"),
    Param("program", str, "The program's key; needed where there are several."),
    Param("timezone", str, "For times without an offset.", example="America/New_York"),
    Param("currency", str, "For rows that name none.", example="USD"),
    Param("customer", str, "The customer's number, for rows that name none."),
    Param("rate", str, "What a call costs, for sources that do not say.", example="0.022/min"),
    Param("issued_on", str, "The day of bills that do not say theirs.", example="2026-06-01"),
    Param("create_parties", bool, "Whether to create customers and vendors that are missing."),
    Param("dry_run", bool, "Whether to only try: nothing is stored."),
    Param("name", str, "The name of the file, for people.", example="calls-2026-03.csv"),
)  # fmt: skip


class Upload:
    """A file that came in, in a folder of its own that goes with it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="makegood-import-"))
        self.path = self.folder / "upload"
        self.remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)


def received(request: Request) -> Upload:
    """Write the body to a file, piece by piece; an idempotency key is compared by its content.

    Raises NotPermitted, UnsupportedMediaType, BadParameter, BadHeader, BodyTooLarge, ServiceAway.
    """
    demand(request.principal, Verb.IMPORT_RUN)
    if request.media_type not in MEDIA:
        kinds = ", ".join(MEDIA)
        raise UnsupportedMediaType(accepted=kinds, headers={"Accept": kinds})
    _check_known(request)
    upload = Upload()
    upload.path = upload.folder / _name(request)
    digest = hashlib.sha256()
    try:
        with upload.path.open("wb") as file:
            for piece in _pieces(request):
                digest.update(piece)
                file.write(piece)
    except OSError as error:
        raise ServiceAway(headers={"Retry-After": "60"}) from error
    request.json = {"sha256": digest.hexdigest()}
    return upload


def _check_known(request: Request) -> None:
    """Raise BadParameter for a parameter that imports do not have, and for one that is too long."""
    known = {param.name for param in OPTIONS}
    for name, value in request.query:
        if name not in known:
            raise BadParameter(field=name[:60], cause="an import has no such parameter")
        if len(value) > LONGEST:
            raise BadParameter(field=name, cause=f"it is longer than {LONGEST} characters")


def _name(request: Request) -> str:
    """The file's name as it is kept: its last part, with nothing in it that a file system or a page trips over."""
    asked = _UNSAFE.sub("_", request.one("name").replace("\\", "/").rpartition("/")[2]).strip(" .")[:100]
    return MEDIA[request.media_type] if asked in ("", "rejects.csv") else asked


def _pieces(request: Request) -> Iterator[bytes]:
    announced = request.headers.get("content-length", "")
    length = int(announced) if _LENGTH.fullmatch(announced) else None
    if length is not None and length > LIMIT:
        raise BodyTooLarge(limit=f"{LIMIT:,}")
    done = 0
    while length is None or done < length:
        piece = request.stream.read(PIECE if length is None else min(PIECE, length - done))
        if not piece:
            break
        done += len(piece)
        if done > LIMIT:
            raise BodyTooLarge(limit=f"{LIMIT:,}")
        yield piece
    if length is not None and done < length:
        raise BadHeader(field="Content-Length", cause="fewer bytes came than it announces")


def take(request: Request) -> Response:
    """Import the file."""
    upload: Upload = request.subject
    try:
        answer = operations.receive(request.principal, path=upload.path, options=_options(request))
    except Refusal as refusal:
        if "path" in refusal.fields:
            raise type(refusal)(**{**refusal.fields, "path": _PLACE}) from refusal
        raise
    finally:
        upload.remove()
    if answer.batch is None:
        return Response(body=outcome(answer, None))
    run = _shown(batches_visible_to(request.principal).get(pk=answer.batch))
    return Response(201, outcome(answer, run), {"Location": f"{PATH}/{run.id}"})


def _options(request: Request) -> BillOptions:
    return BillOptions(
        format=request.one("mapping"),
        program=request.one("program"),
        timezone=request.one("timezone"),
        currency=request.one("currency"),
        customer=request.one("customer"),
        rate=request.one("rate"),
        issued_on=request.one("issued_on"),
        create_parties=paging.flag(request, "create_parties") or False,
        dry_run=paging.flag(request, "dry_run") or False,
    )


def _shown(batch: ImportBatch) -> ImportRun:
    return import_run(batch, has_rejects=bool(batches_with_rejects([batch])))


def found(request: Request) -> ImportBatch:
    """The import of the path. Raises NotPermitted, NoAccess."""
    text = request.params["import"]
    number = ids.number_of(IMPORT, text)
    batch = batches_visible_to(request.principal).filter(pk=number or 0).first()
    if batch is None:
        raise NoAccess(kind="Import", id=ids.spoken(text))
    return batch


FILTERS = (
    Param("program", str, "The program's key."),
    Param("from", str, "Begun at this moment or later.", example="2026-03-01T00:00:00Z"),
    Param("to", str, "Begun before this moment."),
)


def listed(request: Request) -> Response:
    """A page of imports."""
    paging.check_known(request, FILTERS)
    rows = batches_visible_to(request.principal)
    program, since, until = request.one("program"), finding.at(request, "from"), finding.at(request, "to")
    if program:
        rows = rows.filter(program__key=program)
    if since is not None:
        rows = rows.filter(started_at__gte=since)
    if until is not None:
        rows = rows.filter(started_at__lt=until)
    page = paging.page(request, rows, ORDER)
    kept = batches_with_rejects(page.rows)
    return Response(
        body=paging.answered(page, ImportRunPage, lambda batch: import_run(batch, has_rejects=batch.pk in kept))
    )


def one(request: Request) -> Response:
    """One import."""
    return tags.read(request, _shown(request.subject))


def rejects(request: Request) -> Response:
    """The rows that were left out, with the reasons."""
    batch: ImportBatch = request.subject
    parts = rejects_of(batch)
    first = next(parts, None)
    if first is None and batch.rejected:
        raise NoAccess(kind="Rejects of import", id=f"{IMPORT}_{batch.pk}")
    headers = {"Content-Disposition": f'attachment; filename="{IMPORT}_{batch.pk}.rejects.csv"'}
    content: Iterable[bytes] = [_head()] if first is None else chain([first], parts)
    return Response(headers=headers, content=content, media=CSV)


def _head() -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(HEADER)
    return out.getvalue().encode()


REFUSALS: tuple[type[Refusal], ...] = (
    BodyTooLarge,
    UnsupportedMediaType,
    BadHeader,
    BadParameter,
    errors.SightLimited,
    errors.FileNotReadable,
    errors.EmptyFile,
    errors.NotText,
    errors.UnknownFormat,
    errors.MissingColumns,
    errors.NoHeader,
    errors.WrongLayout,
    errors.BadRate,
    errors.NegativeRate,
    errors.RateTooFine,
    errors.RateNotTaken,
    errors.MissingOptions,
    errors.UnknownProgram,
    errors.BadIssueDay,
    errors.NotABill,
    UnknownZone,
    UnknownCurrency,
    UnknownCustomer,
)

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        PATH,
        "runImport",
        take,
        "Import a file of calls or bills.",
        TAG,
        scope=received,
        verb=Verb.IMPORT_RUN,
        answer=ImportOutcome,
        status=201,
        statuses={200: ImportOutcome},
        keyed=Keyed.OPTIONAL,
        media=tuple(MEDIA),
        limit=LIMIT,
        query=OPTIONS,
        refusals=REFUSALS,
        description="The file is the body, up to 2 GB. The answer comes when it is imported; a row that cannot be is "
        "left out and stands in rejects.csv, the others land. The same file again changes nothing. With an idempotency "
        "key everything is one transaction, so leave it out for long files. A dry run answers 200. Sentences name "
        "parameters as the command line writes them: --timezone is timezone. Needs sight of whole programs.",
        examples={"calls": "call_id,started_at,buyer_id,revenue\nc1,2026-03-02T13:09:14Z,B1,99.50\n"},
    ),
    Route(
        "GET",
        PATH,
        "listImports",
        listed,
        "List imports, the latest first.",
        TAG,
        verb=Verb.IMPORT_RUN,
        answer=ImportRunPage,
        query=(*FILTERS, *paging.PARAMS),
        refusals=(BadParameter, BadCursor),
    ),
    Route(
        "GET",
        PATH + "/{import}",
        "getImport",
        one,
        "Read what came of an import.",
        TAG,
        scope=found,
        verb=Verb.IMPORT_RUN,
        answer=ImportRun,
        statuses={304: None},
        refusals=(NoAccess,),
    ),
    Route(
        "GET",
        PATH + "/{import}/rejects.csv",
        "getImportRejects",
        rejects,
        "Read the rows that were left out.",
        TAG,
        scope=found,
        verb=Verb.IMPORT_RUN,
        answer_media=CSV,
        refusals=(NoAccess,),
        description="A CSV with row, column, code, reason and the row's text; up to 256 MB of it are kept. What was "
        "imported from the command line has its rejects beside the file.",
    ),
)
