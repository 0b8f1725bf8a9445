"""The walk as a page of the documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from makegood.parties.states import NEEDS, ROLES, RoleKey, Verb
from tests.permissions.walk import Answers, Route, Said

_HEAD = """# Who may see and do what

<!-- Printed by `make permissions`: every address was asked as every role; edit the code instead. -->

Two tables. The first says which permissions a role starts with; an installation may change that, and may add roles.
The second was walked: every page was opened and every form was sent as somebody of each role, in a small marketplace.
What a person sees is limited besides by their limit-to grants: what is out of sight answers like what does not exist.
"""
_MARKS = {
    (Said.YES, Said.YES): "sees, does",
    (Said.YES, Said.NEITHER): "sees",
    (Said.NEITHER, Said.YES): "does",
    (Said.YES, Said.NO): "sees",
    (Said.YES, Said.ABSENT): "sees",
}
NOTHING = "-"


def page(routes: Sequence[Route], answers: Mapping[str, Mapping[str, Answers]]) -> str:
    """Both tables; ``answers`` by the title of a role, then by the name of a route."""
    return "\n".join([_HEAD, *_of_verbs(), "", *_of_pages(routes, answers)]) + "\n"


def _of_verbs() -> list[str]:
    titles = [ROLES[key][0] for key in RoleKey]
    lines = ["## Permissions of the roles", "", _row(["permission", "needs", *titles]), _rule(2 + len(titles))]
    for verb in Verb:
        held = ["yes" if verb in ROLES[key][1] else NOTHING for key in RoleKey]
        need = f"`{NEEDS[verb]}`" if verb in NEEDS else NOTHING
        lines.append(_row([f"`{verb}`", need, *held]))
    return lines


def _of_pages(routes: Sequence[Route], answers: Mapping[str, Mapping[str, Answers]]) -> list[str]:
    lines = ["## Pages and actions", "", _row(["address", "permission", *answers]), _rule(2 + len(answers))]
    for route in routes:
        cells = [mark(found[route.name]) for found in answers.values()]
        lines.append(_row([f"`{route.path}`", f"`{route.verb}`" if route.verb else NOTHING, *cells]))
    return lines


def mark(found: Answers) -> str:
    """How a cell reads."""
    if Said.SIGN_IN in {found.reads, found.acts}:
        return "signs in"
    return _MARKS.get((found.reads, found.acts), NOTHING)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _rule(columns: int) -> str:
    return "|" + "---|" * columns
