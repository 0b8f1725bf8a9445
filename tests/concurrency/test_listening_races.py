"""Range requests and reports of one player at the same moment: one row for what touches, none lost."""

from __future__ import annotations

from collections.abc import Callable

from makegood.evidence.models import RecordingAccess
from makegood.evidence.operations.listening import Listener, note_heard, serve
from makegood.evidence.policy.ranges import portion
from makegood.evidence.selectors.listening import tag_of
from makegood.evidence.selectors.recordings import recording_named
from makegood.evidence.states import AccessVia
from tests.concurrency.threads import all_of
from tests.recordings import ready_recording
from tests.world import World

PARTS = 8


def test_ranges_and_reports_of_one_link_at_once(committed_world: World) -> None:
    person = committed_world.person("buyer", customer_number="B1")
    view = recording_named(person, ready_recording(committed_world.charge()).public_id)
    listener = Listener(person, "l1", AccessVia.PAGE)
    step = -(-view.bytes // PARTS)

    def fetching(part: int) -> Callable[[], int]:
        wanted = portion(view.bytes, tag_of(view), wanted=f"bytes={part * step}-{(part + 1) * step - 1}")
        return lambda: sum(map(len, serve(listener, view, wanted)))

    def reporting(part: int) -> Callable[[], int]:
        return lambda: note_heard(listener, view, [(part * 1000, part * 1000 + 1000)])

    given = all_of([make(part) for part in range(PARTS) for make in (fetching, reporting)])
    assert sum(given[::2]) == view.bytes
    assert max(given[1::2]) == PARTS * 1000
    rows = RecordingAccess.objects.order_by("heard").values_list("heard", "from_ms", "to_ms")
    assert list(rows) == [(False, 0, view.duration_ms), (True, 0, PARTS * 1000)]
