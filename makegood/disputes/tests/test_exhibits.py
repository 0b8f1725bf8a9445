"""Files as evidence: attached and removed until a decision, filed with a claim, read by rules, forgotten unclaimed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from makegood.disputes import operations, tasks
from makegood.disputes.entries import DraftItem, EditItem, FilesItem, Ref, SubmitItem, Together
from makegood.disputes.models import Dispute, DisputeFile
from makegood.disputes.selectors.exhibits import brought, file_in_sight, files_of, files_of_draft, own_files_named
from makegood.disputes.selectors.story import story_of
from makegood.disputes.selectors.verdicts import claim_verdict
from makegood.disputes.tests.money import decide, item
from makegood.evidence.models import File
from makegood.evidence.operations.keep_file import keep_file
from makegood.evidence.policy.files import Limits
from makegood.evidence.states import ScanState
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotFound
from makegood.parties.operations import change_settings
from tests.refusals import refused, unchanged
from tests.world import ChargeMaker, DisputeMaker, World

WORDS = "Automated voice, hung up when we spoke"
NEEDED = {"type": "evidence", "min_files": 1, "severity": "block", "reasons": ["BOT"]}
NEEDED_MESSAGE = '"Bot traffic" needs a supporting file.'


def kept(principal: Principal, content: bytes = b"He asked for tires.", name: str = "note.txt") -> File:
    return keep_file(principal, content=content, name=name, limits=Limits())


def attach(principal: Principal, dispute_id: int, *files: File, version: int | None = None) -> Answer:
    ids = tuple(file.public_id for file in files)
    (answer,) = operations.attach_files(principal, items=[FilesItem(dispute_id, ids, version)])
    return answer


def remove(principal: Principal, dispute_id: int, *files: File) -> Answer:
    ids = tuple(file.public_id for file in files)
    (answer,) = operations.remove_files(principal, items=[FilesItem(dispute_id, ids)])
    return answer


def drafted(principal: Principal, charge_id: int, reason: str = "SPAM") -> int:
    (answer,) = operations.save_draft(principal, items=[DraftItem(charge_id, reason, WORDS)])
    assert answer.id is not None
    return answer.id


def names(principal: Principal, dispute_id: int) -> list[str]:
    return [file.name for file in files_of(principal, dispute_id)]


def publish(world: World, *rules: Any) -> None:
    operations.publish_policy(SYSTEM, program=world.program, rules=list(rules))


def test_files_are_attached_until_a_decision(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, world: World
) -> None:
    dispute, one, two = make_dispute(), kept(buyer), kept(buyer, name="more.txt")
    answer = attach(buyer, dispute.pk, one, version=dispute.lock_version)
    assert (answer.ok, answer.data["version"]) == (True, dispute.lock_version + 1)
    with unchanged():
        refused(
            attach(buyer, dispute.pk, two, version=dispute.lock_version),
            "VERSION_MISMATCH",
            f"{dispute} was changed meanwhile. Look at it again, then repeat the step.",
        )
        # Once more changes nothing.
        assert attach(buyer, dispute.pk, one).ok
    (view,) = files_of(buyer, dispute.pk)
    assert (view.name, view.by, view.can_remove, view.size) == ("note.txt", "you", True, "19 bytes")
    assert [view.can_remove for view in files_of(manager, dispute.pk)] == [False]
    assert remove(buyer, dispute.pk, one).ok
    assert names(buyer, dispute.pk) == []
    assert File.objects.get(pk=one.pk).deleted_at is not None
    told = [(step.text, step.who) for step in story_of(buyer, dispute)]
    assert told[1:] == [("Evidence added: note.txt", "you"), ("Evidence removed: note.txt", "you")]
    event = JournalEvent.objects.get(event="dispute.evidence_added")
    assert event.changes["files"][0]["sha256"] == one.sha256
    assert attach(buyer, dispute.pk, two).ok
    decide(manager, item(dispute))
    with unchanged():
        # Inside the undo window nobody but the deciding side knows of a decision.
        assert [view.can_remove for view in files_of(buyer, dispute.pk)] == [True]
        refused(
            attach(buyer, dispute.pk, one), "WRONG_STAGE",
            f"{dispute} is being reviewed, so this step is not possible.",
        )  # fmt: skip
        refused(
            remove(buyer, dispute.pk, two), "WRONG_STAGE",
            f"{dispute} is being reviewed, so this step is not possible.",
        )  # fmt: skip
    with clock.shifted(timedelta(hours=1)):
        operations.commit_due()
        with unchanged():
            answer = remove(buyer, dispute.pk, two)
    assert answer.code in {"ALREADY_DECIDED", "DISPUTE_CLOSED"}
    assert [view.can_remove for view in files_of(buyer, dispute.pk)] == [False]


def test_only_own_files_are_attached(
    make_dispute: DisputeMaker, buyer: Principal, other_buyer: Principal, world: World
) -> None:
    dispute, theirs = make_dispute(), kept(other_buyer)
    infected = kept(buyer)
    File.objects.filter(pk=infected.pk).update(scan=ScanState.INFECTED)
    with unchanged():
        for file in (theirs, infected, File(public_id="fil_0")):
            answer = attach(buyer, dispute.pk, file)
            refused(answer, "EVIDENCE_UNKNOWN", "One of the files is not there any more. Attach it again.")
        refused(attach(other_buyer, dispute.pk, theirs), "NOT_FOUND", "Not found, or not yours.")
        refused(remove(buyer, dispute.pk, theirs), "NOT_FOUND", "Not found, or not yours.")


def test_who_sees_the_dispute_sees_its_files(
    make_dispute: DisputeMaker,
    buyer: Principal,
    other_buyer: Principal,
    vendor: Principal,
    csr: Principal,
    manager: Principal,
    world: World,
) -> None:
    colleague = world.person("buyer", "colleague", customer_number="B1")
    dispute, file = make_dispute(), kept(buyer)
    for principal in (other_buyer, vendor, csr, manager, colleague):
        with pytest.raises(NotFound):
            file_in_sight(principal, file.public_id)
    assert file_in_sight(buyer, file.public_id) == file
    attach(buyer, dispute.pk, file)
    for principal in (buyer, colleague, csr, manager):
        assert file_in_sight(principal, file.public_id) == file
        assert names(principal, dispute.pk) == ["note.txt"]
    for principal in (other_buyer, vendor):
        with pytest.raises(NotFound):
            file_in_sight(principal, file.public_id)
        assert files_of(principal, dispute.pk) == ()
    assert [view.by for view in files_of(colleague, dispute.pk)] == ["buyer"]
    from_csr = kept(csr, name="from_csr.txt")
    attach(csr, dispute.pk, from_csr)
    assert [view.by for view in files_of(buyer, dispute.pk)] == ["you", "Representative"]


def test_no_more_and_no_other_files_than_the_program_takes(
    make_dispute: DisputeMaker, buyer: Principal, world: World
) -> None:
    dispute = make_dispute()
    change_settings(
        SYSTEM, program=world.program, settings={"evidence_files": {"max_files": 2, "max_bytes": 20, "types": ["txt"]}}
    )
    one, two, three = (kept(buyer, name=f"{n}.txt") for n in range(3))
    with unchanged():
        refused(
            attach(buyer, dispute.pk, one, two, three),
            "EVIDENCE_TOO_MANY",
            "At most 2 files can be attached to one dispute. Remove one first.",
        )
    table, long = kept(buyer, b"a,b\n1,2\n", "a.csv"), kept(buyer, b"x" * 21, "long.txt")
    with unchanged():
        answer = attach(buyer, dispute.pk, table)
        refused(answer, "EVIDENCE_TYPE_NOT_ALLOWED", "a.csv is none of the files that can be attached here: TXT.")
        answer = attach(buyer, dispute.pk, long)
        refused(answer, "EVIDENCE_TOO_LARGE", "long.txt is larger than 20 bytes, the most that one file may have.")
    assert attach(buyer, dispute.pk, one).ok
    assert attach(buyer, dispute.pk, two).ok
    assert attach(buyer, dispute.pk, three).code == "EVIDENCE_TOO_MANY"


def test_a_draft_brings_its_files_along(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    charge, other = make_charge().pk, kept(buyer, name="other.txt")
    draft = drafted(buyer, charge)
    attach(buyer, draft, kept(buyer))
    assert [file.name for file in files_of_draft(buyer, charge)] == ["note.txt"]
    colleague = world.person("buyer", "colleague", customer_number="B1")
    assert files_of(colleague, draft) == ()
    with pytest.raises(NotFound):
        file_in_sight(colleague, files_of_draft(buyer, charge)[0].public_id)
    claim = SubmitItem(charge, "SPAM", WORDS, draft_id=draft, file_ids=(other.public_id,))
    (answer,) = operations.submit(buyer, items=[claim])
    assert answer.id == draft
    assert names(colleague, draft) == ["note.txt", "other.txt"]
    added = JournalEvent.objects.filter(event="dispute.evidence_added").order_by("pk")
    assert [[file["name"] for file in event.changes["files"]] for event in added] == [["note.txt"], ["other.txt"]]


def test_a_rule_reads_the_files_of_the_claim(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, NEEDED)
    charge = make_charge().pk
    claim = SubmitItem(charge, "BOT", WORDS)
    with unchanged():
        (answer,) = operations.submit(buyer, items=[claim])
    refused(answer, "EVIDENCE_REQUIRED", NEEDED_MESSAGE)
    draft, file = drafted(buyer, charge, "BOT"), kept(buyer)
    with_file = SubmitItem(charge, "BOT", WORDS, draft_id=draft, file_ids=(file.public_id,))
    (files,) = brought(buyer, [with_file])
    assert isinstance(files, tuple)
    for said, passes in ((claim_verdict(claim), False), (claim_verdict(with_file, files=files), True)):
        assert said is not None
        assert said.can_submit is passes
    (answer,) = operations.submit(buyer, items=[with_file])
    assert answer.ok, answer
    with unchanged():
        refused(remove(buyer, draft, file), "EVIDENCE_REQUIRED", NEEDED_MESSAGE)
    (answer,) = operations.edit(buyer_as_csr(world), items=[EditItem(draft, {"description": "Other words"})])
    assert answer.ok
    assert attach(buyer, draft, more := kept(buyer, name="more.txt")).ok
    assert remove(buyer, draft, more).ok


def buyer_as_csr(world: World) -> Principal:
    return world.person("csr", "helper")


def test_a_rule_counts_files_of_its_types_and_size_alone(
    make_charge: ChargeMaker, buyer: Principal, world: World
) -> None:
    publish(world, {"type": "evidence", "min_files": 1, "mime": ["text/"], "max_bytes": 100, "severity": "block"})
    long, short = kept(buyer, b"x" * 101), kept(buyer)
    charge = make_charge().pk
    (answer,) = operations.submit(buyer, items=[SubmitItem(charge, "SPAM", WORDS, file_ids=(long.public_id,))])
    assert answer.code == "EVIDENCE_REQUIRED"
    (answer,) = operations.submit(buyer, items=[SubmitItem(charge, "SPAM", WORDS, file_ids=(short.public_id,))])
    assert answer.ok
    assert (Dispute.objects.get().verdict or {})["facts"]["files"] == 1


def test_changing_to_a_reason_that_needs_a_file(make_charge: ChargeMaker, csr: Principal, world: World) -> None:
    publish(world, NEEDED)
    (answer,) = operations.submit(csr, items=[SubmitItem(make_charge().pk, "SPAM", WORDS)])
    dispute = Dispute.objects.get(pk=answer.id)
    change = [EditItem(dispute.pk, {"reason": "BOT"})]
    with unchanged():
        (answer,) = operations.edit(csr, items=change)
    refused(answer, "EVIDENCE_REQUIRED", NEEDED_MESSAGE)
    attach(csr, dispute.pk, kept(csr))
    (answer,) = operations.edit(csr, items=change)
    assert answer.ok, answer


@pytest.mark.parametrize("together", [None, Together("One campaign")])
def test_one_file_for_several_disputes(
    make_charge: ChargeMaker, buyer: Principal, world: World, together: Together | None
) -> None:
    file = kept(buyer)
    claims = [SubmitItem(make_charge().pk, "SPAM", WORDS, file_ids=(file.public_id,)) for _ in range(3)]
    plain = SubmitItem(make_charge().pk, "SPAM", WORDS)
    unknown = SubmitItem(make_charge().pk, "SPAM", WORDS, file_ids=("fil_0",))
    answers = operations.submit(buyer, items=[*claims, plain, unknown], together=together)
    assert [answer.code for answer in answers] == ["", "", "", "", "EVIDENCE_UNKNOWN"]
    assert [names(buyer, answer.id or 0) for answer in answers[:4]] == [["note.txt"]] * 3 + [[]]
    assert remove(buyer, answers[0].id or 0, file).ok
    assert File.objects.get().deleted_at is None
    assert operations.discard_file(buyer, file).ok
    assert File.objects.get().deleted_at is not None
    assert not DisputeFile.objects.exists()


def test_a_file_of_a_decided_dispute_is_not_discarded(
    make_charge: ChargeMaker, buyer: Principal, manager: Principal, world: World
) -> None:
    file = kept(buyer)
    claims = [SubmitItem(make_charge().pk, "SPAM", WORDS, file_ids=(file.public_id,)) for _ in range(2)]
    first, second = operations.submit(buyer, items=claims)
    operations.withdraw(buyer, items=[Ref(second.id or 0)])
    with unchanged():
        answer = operations.discard_file(buyer, file)
    refused(answer, "DISPUTE_CLOSED", f"{second.data['number']} is withdrawn and cannot be changed.")
    assert names(buyer, first.id or 0) == ["note.txt"]


def test_too_many_files_with_a_claim(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    ids = tuple(kept(buyer, name=f"{n}.txt").public_id for n in range(6))
    claim = SubmitItem(make_charge().pk, "SPAM", WORDS, file_ids=ids)
    with unchanged():
        (answer,) = operations.submit(buyer, items=[claim])
    refused(answer, "EVIDENCE_TOO_MANY", "At most 5 files can be attached to one dispute. Remove one first.")


def test_nobody_files_with_somebody_elses_draft(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    colleague = world.person("buyer", "colleague", customer_number="B1")
    charge = make_charge().pk
    draft = drafted(buyer, charge)
    attach(buyer, draft, kept(buyer))
    assert brought(colleague, [SubmitItem(charge, "SPAM", WORDS, draft_id=draft)]) == [()]


def test_what_no_dispute_shows_is_forgotten_after_a_day(
    make_dispute: DisputeMaker, make_charge: ChargeMaker, buyer: Principal, world: World
) -> None:
    loose, shown, in_draft = (kept(buyer, name=f"{n}.txt") for n in range(3))
    attach(buyer, make_dispute().pk, shown)
    draft = drafted(buyer, make_charge().pk)
    attach(buyer, draft, in_draft)
    assert tasks.loose_files() == 0
    with clock.shifted(timedelta(days=1, minutes=1)):
        assert tasks.loose_files() == 1
        assert tasks.loose_files() == 0
        assert [file.name for file in own_files_named(buyer, [loose.public_id])] == []
        operations.discard_draft(buyer, items=[Ref(draft)])
        assert tasks.loose_files() == 1
    assert list(File.objects.filter(deleted_at__isnull=True)) == [shown]
