"""The registry of errors: one stable code each, a sentence that can be filled, a status."""

from __future__ import annotations

import importlib
import pkgutil
import re
import string
from collections import Counter

import makegood
from makegood.kernel.answers import Answer, accepted, refused
from makegood.kernel.errors import AmountTooFine, BadAmount, Refusal, subclasses


def _registry() -> list[type[Refusal]]:
    for module in pkgutil.walk_packages(makegood.__path__, "makegood."):
        if module.name.endswith(".errors"):
            importlib.import_module(module.name)
    return [
        kind for kind in subclasses() if kind.__module__.startswith("makegood.") and ".tests" not in kind.__module__
    ]


def test_every_error_has_its_own_code_in_capitals() -> None:
    """A fault of one row of an import carries the code of the error it stands for, and is named after it.

    An error made from another one may put its parent's code into other words.
    """
    names: dict[str, set[str]] = {}
    for kind in _registry():
        parents = [parent for parent in kind.__mro__[1:] if issubclass(parent, Refusal)]
        if not any(parent.code == kind.code for parent in parents):
            names.setdefault(kind.code, set()).add(kind.__name__.removesuffix("InRow"))
    assert len(names) > 20
    assert {code: shared for code, shared in names.items() if len(shared) > 1} == {}
    assert [code for code in names if not re.fullmatch(r"[A-Z][A-Z_]+[A-Z]", code)] == []


def test_two_errors_of_one_app_never_share_a_code() -> None:
    places = Counter((kind.__module__, kind.code) for kind in _registry())
    assert [place for place, times in places.items() if times > 1] == []


def test_every_error_inherits_no_code_and_no_sentence() -> None:
    silent = [
        kind.__name__ for kind in _registry() if "code" not in vars(kind) or not (vars(kind).get("__doc__") or "")
    ]
    assert silent == []


def test_every_status_is_an_expected_conflict_or_bad_input() -> None:
    """What the protocol itself refuses, and what is not our caller's fault, is said at the edge alone."""
    at_the_edge = {kind for kind in _registry() if kind.__module__.startswith("makegood.api.")}
    assert {kind.status for kind in set(_registry()) - at_the_edge} <= {400, 403, 404, 409, 410, 412, 413, 416, 422}
    protocol = {401, 405, 406, 413, 415, 428, 429, 500, 501, 503}
    assert {kind.status for kind in at_the_edge} <= {400, 403, 404, 409, 410, 412, 413, 416, 422} | protocol


def test_every_sentence_can_be_filled_and_ends_like_one() -> None:
    for kind in _registry():
        template = (kind.__doc__ or "").split("\n\n")[0]
        fields = {name: "x" for _, name, _, _ in string.Formatter().parse(template) if name}
        error = kind.__new__(kind)
        Refusal.__init__(error, **fields)
        message = error.message
        assert "{" not in message, kind
        assert message == " ".join(message.split()), kind
        assert message.endswith((".", "?", "x")), kind


def test_a_refusal_speaks_its_code_and_its_sentence() -> None:
    error = BadAmount(text="abc")
    assert str(error) == 'BAD_AMOUNT: "abc" is not an amount of money.'
    assert error.fields == {"text": "abc"}


def test_an_answer_says_what_its_error_says() -> None:
    good, bad = Answer(0, ok=True, id=7), Answer.refused(1, AmountTooFine(text="0.0000001"), id=8)
    assert (bad.ordinal, bad.ok, bad.id, bad.code) == (1, False, 8, "AMOUNT_TOO_FINE")
    assert bad.message == AmountTooFine(text="0.0000001").message
    assert accepted([good, bad]) == [good]
    assert refused([good, bad]) == [bad]
