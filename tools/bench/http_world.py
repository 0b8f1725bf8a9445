"""What requests are measured on: bills of one customer, a representative with a token, and a running web server."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

from makegood.billing.models import BillPeriod, Invoice
from makegood.billing.states import ChargeKind, Subkind
from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Dispute
from makegood.kernel import clock
from makegood.ledger.posting import open_accounts
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import User
from makegood.parties.operations import create_token
from makegood.project.serving import Site
from makegood.project.wsgi import application
from tests.world import World, build_world
from tools.bench import settling
from tools.bench.charges import new_charges

INVOICE = 20_005_901
FEATURES = 50_000_000
BLOCK = 100_000
"""Lines are numbered in blocks, so that those of one run count on."""
MANY_A_MINUTE = 1_000_000
WORDS = "Charged twice; the second line is the same item."
_blocks = count()


@dataclass(frozen=True)
class Desk:
    """A customer's bill, and who works on it."""

    world: World
    billing: Principal
    secret: str
    invoice_id: int

    def lines(self, size: int) -> tuple[int, int]:
        """``size`` new lines of the bill without a dispute: the first charge, and the first feature; both count on."""
        feature = FEATURES + next(_blocks) * BLOCK
        lines = {
            "kind": f"'{ChargeKind.INVOICE_FEATURE}'",
            "subkind": f"'{Subkind.RECURRING}'",
            "usage_id": "NULL",
            "vendor_id": "NULL::bigint",
            "payout_micros": "0",
            "invoice_id": str(self.invoice_id),
            "invoice_number": str(INVOICE),
            "feature_id": f"{feature - 1} + n",
        }
        first = min(new_charges(self.world, size, lines))
        return first, feature

    def disputes(self, size: int) -> list[Dispute]:
        """``size`` new disputes; ids and numbers count on."""
        first, _ = self.lines(size)
        items = [SubmitItem(pk, "DOUBLE_CHARGE", WORDS) for pk in range(first, first + size)]
        ids = [answer.id or 0 for answer in operations.submit(self.billing, items=items)]
        return list(Dispute.objects.filter(pk__in=ids).order_by("pk"))

    def request(self, path: str, body: Mapping[str, Any]) -> bytes:
        """A request of the web service as it goes over the wire."""
        content = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.secret}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content

    def asked_here(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """What this process answers to it."""
        content = json.dumps(body).encode()
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(content)),
            "HTTP_AUTHORIZATION": f"Bearer {self.secret}",
            "wsgi.input": io.BytesIO(content),
        }
        statuses: list[str] = []
        answer = b"".join(application(environ, lambda status, headers: statuses.append(status)))
        if not statuses[0].startswith("201"):
            raise RuntimeError(f"{path} answered {statuses[0]}: {answer[:500]!r}")
        found: Mapping[str, Any] = json.loads(answer)
        return found


def build_desk() -> Desk:
    """Make the rows: the telecom preset, one issued bill, a representative who files and decides."""
    world = build_world(preset="telecom_billing")
    customer = world.customer
    today = clock.now().date()
    period = BillPeriod.objects.create(
        customer=customer, number=1, starts_on=today.replace(day=1), ends_on=today.replace(year=today.year + 1)
    )
    invoice = Invoice.objects.create(
        number=INVOICE, customer=customer, bill_period=period, currency="USD", issued_at=clock.now()
    )
    person = world.person("billing")
    user = User.objects.get(pk=person.id or 0)
    made = create_token(SYSTEM, name="bench", scopes=user.role.verbs, acts_for=user, per_minute=MANY_A_MINUTE)
    open_accounts([(f"REV_CONTRA:{world.program.pk}", "USD"), (f"AR:{customer.pk}", "USD")])
    return Desk(world, person, made.secret, invoice.pk)


@contextmanager
def web_server(data: Path) -> Iterator[tuple[str, int]]:
    """The site's web server as an installation runs it; host and port."""
    os.environ["MAKEGOOD_DATA"] = str(data)
    with Site(port=0, worker=False) as site:
        place = urlsplit(site.base_url)
        yield place.hostname or "", place.port or 0


def settle_down() -> None:
    """Bring statistics and the log up to date, so that no run pays for the one before; begin with a new connection."""
    connection.close()
    settling.settle_down()
