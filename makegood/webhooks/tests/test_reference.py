"""Every event is in the reference, with an example unless nothing sends it yet."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from makegood.kernel import clock
from makegood.project.settings import BASE_DIR
from makegood.webhooks.entries import headers_of, new_secret
from makegood.webhooks.states import TOLD_WHEN, EventType
from tools.docs.webhooks import examples, webhooks

LATER = {EventType.REVIEW_COMPLETED}


def test_every_event_is_documented() -> None:
    page = webhooks()
    assert set(TOLD_WHEN) == set(EventType)
    assert [type_ for type_ in EventType if f"| `{type_}` |" not in page] == []
    assert set(EventType) - set(examples()) == LATER
    assert "not sent" not in page


GUIDE = (Path(BASE_DIR) / "docs/howto/webhooks.md").read_text(encoding="utf-8")


def test_the_guide_verifies_what_we_send() -> None:
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL):
        exec(block, names)  # noqa: S102 - the guide's own examples
    secret, body = new_secret(), '{"type":"endpoint.test"}'
    headers = headers_of([new_secret(), secret], message_id="msg_1", at=clock.now(), body=body)
    assert names["read"](secret, headers, body) == {"type": "endpoint.test"}
    assert names["is_genuine"](secret, headers, body)
    assert not names["is_genuine"](secret, headers, body + " ")
    late = headers_of([secret], message_id="msg_1", at=clock.now() - timedelta(minutes=6), body=body)
    assert not names["is_genuine"](secret, late, body)
