"""What operations say they refuse exists, once, with words; what a lost race reads like is settled."""

import importlib
import inspect
import pkgutil
import re
from collections import Counter
from collections.abc import Callable, Iterator
from string import Formatter

import pytest

import makegood
from makegood.disputes import errors
from makegood.disputes.policy import RULE_TYPES
from makegood.kernel.errors import Refusal, subclasses

LISTS = re.compile(r"(?:Refusals per item|Errors):(.*?)(?:Raises|$)", re.DOTALL)
CODE = re.compile(r"\b[A-Z]{4,}(?:_[A-Z]+)*\b")
EDGE = "makegood.api."


def modules() -> list[str]:
    """Every module of makegood that declares errors or operations."""
    found = (module.name for module in pkgutil.walk_packages(makegood.__path__, "makegood."))
    return [name for name in found if re.search(r"\.(errors|operations)(\.|$)", name) and ".tests" not in name]


def operations() -> Iterator[tuple[str, Callable[..., object]]]:
    """Every public function of the operation modules, by its full name."""
    for name in modules():
        module = importlib.import_module(name)
        for member, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == name and not member.startswith("_"):
                yield f"{name}.{member}", function


def listed(function: Callable[..., object]) -> set[str]:
    """The codes a docstring says the operation refuses with."""
    return {code for part in LISTS.findall(function.__doc__ or "") for code in CODE.findall(part)}


def ours() -> list[type[Refusal]]:
    """The registry, without what tests plant."""
    for name in modules():
        importlib.import_module(name)
    return [kind for kind in subclasses() if kind.__module__.startswith("makegood.")]


def test_every_code_an_operation_lists_exists() -> None:
    known = {kind.code for kind in ours()} | {rule.code for rule in RULE_TYPES.values()}
    codes = {name: listed(function) for name, function in operations()}
    assert sum(bool(found) for found in codes.values()) > 15
    assert {name: found - known for name, found in codes.items() if found - known} == {}


def test_every_code_belongs_to_one_error() -> None:
    inside = [kind for kind in ours() if not kind.__module__.startswith(EDGE)]
    whole = {kind.code: kind.__name__ for kind in inside if not kind.__name__.endswith("InRow")}
    shared = [code for code, count in Counter(kind.code for kind in inside).items() if count > 1]
    # Said of one row of a file, an error keeps its code and has a sentence that names the column.
    in_rows = {kind.code: kind.__name__ for kind in inside if kind.__name__.endswith("InRow")}
    assert {code: in_rows.get(code) for code in shared} == {code: f"{whole[code]}InRow" for code in shared}


def test_what_the_web_service_says_in_its_own_words_keeps_code_and_status() -> None:
    inside = {kind.code: kind.status for kind in ours() if not kind.__module__.startswith(EDGE)}
    edge = [kind for kind in ours() if kind.__module__.startswith(EDGE)]
    assert Counter({kind.code for kind in edge}) == Counter(
        code for code, _ in {(one.code, one.status) for one in edge}
    )
    again = {kind.code: kind.status for kind in edge if kind.code in inside}
    assert again == {code: inside[code] for code in ("NOT_FOUND", "IDEMPOTENCY_IN_PROGRESS", "CONFLICT")}


@pytest.mark.parametrize("kind", ours(), ids=lambda kind: kind.__name__)
def test_every_error_has_a_code_and_a_sentence(kind: type[Refusal]) -> None:
    assert re.fullmatch(r"[A-Z]+(_[A-Z]+)*", kind.code)
    assert 400 <= kind.status < (600 if kind.__module__.startswith(EDGE) else 500)
    fields = {name: "seven" for _, name, _, _ in Formatter().parse(kind.__doc__ or "") if name}
    error = kind.__new__(kind)
    Refusal.__init__(error, **fields)
    message = error.message
    assert message
    assert "{" not in message


def test_a_lost_race_reads_like_these_rules() -> None:
    assert {name: kind.code for name, kind in errors.CONSTRAINTS.items()} == {
        "no_over_credit": "AMOUNT_EXCEEDS_REMAINING",
        "one_open_dispute_per_charge": "ALREADY_DISPUTED",
        "one_decision_per_round": "ALREADY_DECIDED",
        "one_credit_per_round": "ALREADY_DECIDED",
        "adjustment_once": "ALREADY_DECIDED",
        "dispute_closed": "DISPUTE_CLOSED",
        "one_recommendation_waits": "RECOMMENDED",
    }
