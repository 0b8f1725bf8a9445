"""Programs, and the codes that claims, decisions and closings name."""

from __future__ import annotations

from makegood.api.errors import BadCursor, BadParameter, NoAccess
from makegood.api.http import Request, Response
from makegood.api.routing import Route
from makegood.api.v1 import ids, paging, short_lists, tags
from makegood.api.v1.representations.program import ProgramListed, ProgramPage, program
from makegood.disputes.selectors.program_words import ProgramWords, program_words

TAG = "programs"
PATH = "/api/v1/programs"


def found(request: Request) -> ProgramWords:
    """The program of the path. Raises NoAccess."""
    key = request.params["program"]
    for words in program_words(request.principal):
        if words.program.key == key:
            return words
    raise NoAccess(kind="Program", id=ids.spoken(key))


def listed(request: Request) -> Response:
    """A page of programs."""
    paging.check_known(request, ())
    page = short_lists.page(request, program_words(request.principal), lambda words: words.program.key)
    return Response(body=paging.answered(page, ProgramPage, program))


def one(request: Request) -> Response:
    """One program."""
    return tags.read(request, program(request.subject))


ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        PATH,
        "listPrograms",
        listed,
        "List programs with the codes that calls name.",
        TAG,
        answer=ProgramPage,
        query=paging.PARAMS,
        refusals=(BadParameter, BadCursor),
    ),
    Route(
        "GET",
        PATH + "/{program}",
        "getProgram",
        one,
        "Read a program with its codes.",
        TAG,
        scope=found,
        answer=ProgramListed,
        statuses={304: None},
        refusals=(NoAccess,),
    ),
)
