"""Where evidence is kept: a folder, or a bucket that nobody reaches but through makegood; and the scanner's address."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils.module_loading import import_string
from moto import mock_aws

from makegood.evidence.errors.files import FileGone
from makegood.evidence.models import File
from makegood.evidence.operations.keep_file import keep_file, remove_bytes
from makegood.evidence.operations.sweep_files import changed_files, sweep_files
from makegood.evidence.policy.files import Limits
from makegood.evidence.selectors.files import open_file
from makegood.evidence.tests import made
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.project import storage
from makegood.project.problems import OperatorProblem

S3 = {
    "MAKEGOOD_S3_BUCKET": "evidence",
    "MAKEGOOD_S3_REGION": "eu-central-1",
    "MAKEGOOD_S3_KEY": "AKIA0000000000000000",
    "MAKEGOOD_S3_SECRET": "secret",
    "MAKEGOOD_S3_PREFIX": "/desk/",
}


def built(settings: dict[str, Any]) -> Storage:
    made_of: Storage = import_string(settings["BACKEND"])(**settings["OPTIONS"])
    return made_of


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, evidence_here: Path) -> Iterator[Any]:
    """A bucket in memory, in which evidence is kept."""
    with mock_aws():
        place = {"LocationConstraint": "eu-central-1"}
        client = boto3.client("s3", region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")
        client.create_bucket(Bucket="evidence", CreateBucketConfiguration=place)
        monkeypatch.setitem(vars(storages)["_storages"], "evidence", built(storage.evidence_storage(S3, evidence_here)))
        yield client


def keys(client: Any) -> list[str]:
    return [one["Key"] for one in client.list_objects_v2(Bucket="evidence").get("Contents", [])]


def test_a_bucket_keeps_evidence(buyer: Principal, bucket: Any) -> None:
    file = keep_file(buyer, content=made.image(), name="door.jpg", limits=Limits())
    assert keys(bucket) == [f"desk/{file.storage_key}{suffix}" for suffix in ("", ".thumb", ".view")]
    with open_file(file) as stored, open_file(file, "thumb") as thumb:
        assert len(stored.read()) == file.bytes
        assert thumb.read(2) == b"\xff\xd8"
    assert changed_files(0, 10) == ([], None)
    everybody = "http://acs.amazonaws.com/groups/global/AllUsers"
    grants = bucket.get_object_acl(Bucket="evidence", Key=keys(bucket)[0])["Grants"]
    assert everybody not in [grant["Grantee"].get("URI") for grant in grants]
    remove_bytes(file.storage_key)
    assert keys(bucket) == []
    with pytest.raises(FileGone):
        open_file(file).read()
    assert changed_files(0, 10)[0] == [f"{file.public_id} (door.jpg) is not in the storage."]


def test_what_is_left_over_in_a_bucket_is_swept(buyer: Principal, bucket: Any) -> None:
    kept = keep_file(buyer, content=b"words", name="note.txt", limits=Limits())
    with transaction.atomic():
        keep_file(buyer, content=b"more words", name="note.txt", limits=Limits())
        transaction.set_rollback(True)
    assert len(keys(bucket)) == 2
    with clock.shifted(timedelta(days=1)):
        assert sweep_files() == 1
    assert keys(bucket) == [f"desk/{kept.storage_key}"]
    assert File.objects.count() == 1


def test_a_folder_is_private(tmp_path: Path) -> None:
    kept = built(storage.evidence_storage({}, tmp_path))
    kept.save("evidence/2026/01/01/a", io.BytesIO(b"words"))
    path = tmp_path / "files/evidence/2026/01/01/a"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"MAKEGOOD_S3_KEY": "a"}, "MAKEGOOD_S3_BUCKET is missing beside the other settings of S3."),
        ({**S3, "MAKEGOOD_S3_SECRET": ""}, "MAKEGOOD_S3_KEY and MAKEGOOD_S3_SECRET belong together"),
        ({**S3, "MAKEGOOD_S3_ENDPOINT": "s3.example.com"}, "MAKEGOOD_S3_ENDPOINT is an address such as"),
    ],
)
def test_settings_that_do_not_fit_are_refused(given: dict[str, str], message: str, tmp_path: Path) -> None:
    with pytest.raises(OperatorProblem) as caught:
        storage.evidence_storage(given, tmp_path)
    assert caught.value.message.startswith(message)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(storage, "_PACKAGES", ("boto3", "no_such_package"))
    with pytest.raises(storage.NoS3Package) as caught:
        storage.evidence_storage(S3, tmp_path)
    assert "Install makegood[s3]." in caught.value.message


def test_another_endpoint_is_called_by_path(tmp_path: Path) -> None:
    given = {**S3, "MAKEGOOD_S3_ENDPOINT": "https://s3.example.com"}
    options = storage.evidence_storage(given, tmp_path)["OPTIONS"]
    assert (options["endpoint_url"], options["addressing_style"], options["location"]) == (
        "https://s3.example.com",
        "path",
        "desk",
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", None),
        ("localhost:3310", ("localhost", 3310)),
        (" [::1]:3310 ", ("::1", 3310)),
        ("10.0.0.7:1", ("10.0.0.7", 1)),
    ],
)
def test_the_scanner_is_a_host_and_a_port(text: str, found: tuple[str, int] | None) -> None:
    assert storage.scanner({"MAKEGOOD_CLAMD": text}) == found


@pytest.mark.parametrize("text", ["localhost", "localhost:0", "localhost:70000", "tcp://localhost:3310"])
def test_a_scanner_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(storage.BadScanner):
        storage.scanner({"MAKEGOOD_CLAMD": text})
