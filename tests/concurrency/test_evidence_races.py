"""Many hands on the files of one dispute: never more than the program takes, never a file that is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from makegood.disputes import operations
from makegood.disputes.entries import DraftItem, FilesItem, SubmitItem
from makegood.disputes.models import DisputeFile
from makegood.disputes.selectors.exhibits import attached
from makegood.evidence.models import File
from makegood.evidence.operations.keep_file import keep_file
from makegood.evidence.policy.files import Limits
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from tests.concurrency.threads import all_of, books_hold
from tests.world import World

WORDS = "Automated voice, hung up when we spoke"


def kept(buyer: Principal, number: int) -> File:
    return keep_file(buyer, content=b"words", name=f"{number}.txt", limits=Limits())


def attaching(buyer: Principal, dispute: int, file: File) -> Callable[[], list[Answer]]:
    return lambda: operations.attach_files(buyer, items=[FilesItem(dispute, (file.public_id,))])


def test_ten_hands_attach_five_files(committed_world: World) -> None:
    buyer = committed_world.person("buyer", customer_number="B1")
    (filed,) = operations.submit(buyer, items=[SubmitItem(committed_world.charge().pk, "SPAM", WORDS)])
    racers = [attaching(buyer, filed.id or 0, kept(buyer, number)) for number in range(10)]
    codes = sorted(answer.code for (answer,) in all_of(racers))
    assert codes == [""] * 5 + ["EVIDENCE_TOO_MANY"] * 5
    assert len(attached(filed.id or 0)) == 5
    books_hold()


def test_a_draft_is_sent_while_files_are_attached_to_it(committed_world: World) -> None:
    buyer = committed_world.person("buyer", customer_number="B1")
    for _ in range(5):
        charge = committed_world.charge().pk
        (draft,) = operations.save_draft(buyer, items=[DraftItem(charge, "SPAM", WORDS)])
        pk = draft.id or 0
        files = [kept(buyer, number) for number in range(8)]
        ids = tuple(file.public_id for file in files[:4])
        claim = SubmitItem(charge, "SPAM", WORDS, draft_id=pk, file_ids=ids)
        racers = [lambda claim=claim: operations.submit(buyer, items=[claim])]
        racers += [attaching(buyer, pk, file) for file in files[4:]]
        answers = [answer for (answer,) in all_of(racers)]
        assert {answer.code for answer in answers} <= {"", "EVIDENCE_TOO_MANY"}
        assert len(attached(pk)) <= 5
        there = {file.public_id for file in attached(pk)}
        assert (set(ids) <= there) == answers[0].ok


def test_a_file_is_filed_or_forgotten_never_both(committed_world: World) -> None:
    buyer = committed_world.person("buyer", customer_number="B1")
    for number in range(6):
        file, charge = kept(buyer, number), committed_world.charge().pk
        claim = SubmitItem(charge, "SPAM", WORDS, file_ids=(file.public_id,))

        def forget() -> list[Answer]:
            with clock.shifted(timedelta(days=2)):
                operations.forget_unattached(10)
            return []

        filed, _ = all_of([lambda claim=claim: operations.submit(buyer, items=[claim]), forget])
        file.refresh_from_db()
        assert (file.deleted_at is None) == filed[0].ok
        assert filed[0].code in {"", "EVIDENCE_UNKNOWN"}
        assert DisputeFile.objects.filter(file=file).exists() == filed[0].ok
