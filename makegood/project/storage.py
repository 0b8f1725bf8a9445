"""Where files of evidence and recordings are kept, and the scanner that looks at them, from the environment.

Without settings files lie in a folder of the installation. MAKEGOOD_S3_BUCKET puts them into a bucket instead;
MAKEGOOD_S3_ENDPOINT, _REGION, _KEY, _SECRET and _PREFIX say how it is reached. MAKEGOOD_CLAMD=host:port names a clamd.
"""

import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from makegood.project.problems import OperatorProblem

_PACKAGES = ("boto3", "storages")
_HOST_AND_PORT = re.compile(r"(?P<host>[^\s:/]+|\[[0-9a-fA-F:]+\]):(?P<port>[0-9]{1,5})")
_MEMORY = 4 * 1024 * 1024


class NoS3Package(OperatorProblem):
    """MAKEGOOD_S3_BUCKET is set, but what speaks S3 is not installed. Install makegood[s3]."""


class BadS3(OperatorProblem):
    """The settings of S3 do not fit together."""


class BadScanner(OperatorProblem):
    """MAKEGOOD_CLAMD is a host and a port, such as localhost:3310."""


def evidence_storage(environ: Mapping[str, str], data: Path) -> dict[str, Any]:
    """The entry of Django's STORAGES. Raises NoS3Package, BadS3."""
    bucket = environ.get("MAKEGOOD_S3_BUCKET", "").strip()
    if bucket:
        return _bucket(environ, bucket)
    if any(environ.get(f"MAKEGOOD_S3_{name}") for name in ("ENDPOINT", "KEY", "SECRET", "PREFIX")):
        raise BadS3("MAKEGOOD_S3_BUCKET is missing beside the other settings of S3.")
    options = {"location": data / "files", "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}


def _bucket(environ: Mapping[str, str], bucket: str) -> dict[str, Any]:
    if not all(find_spec(package) for package in _PACKAGES):
        raise NoS3Package()
    own = {
        name: environ.get(f"MAKEGOOD_S3_{name}", "").strip()
        for name in ("ENDPOINT", "REGION", "KEY", "SECRET", "PREFIX")
    }
    if bool(own["KEY"]) != bool(own["SECRET"]):
        raise BadS3(
            "MAKEGOOD_S3_KEY and MAKEGOOD_S3_SECRET belong together; leave both out for the machine's own role."
        )
    if own["ENDPOINT"] and not own["ENDPOINT"].startswith(("https://", "http://")):
        raise BadS3("MAKEGOOD_S3_ENDPOINT is an address such as https://s3.example.com.")
    options: dict[str, Any] = {
        "bucket_name": bucket,
        "location": own["PREFIX"].strip("/"),
        "region_name": own["REGION"] or None,
        "endpoint_url": own["ENDPOINT"] or None,
        # Whoever reads a file goes through makegood, which asks whether they may.
        "default_acl": None,
        "querystring_auth": True,
        "file_overwrite": False,
        "max_memory_size": _MEMORY,
    }
    if own["KEY"]:
        options |= {"access_key": own["KEY"], "secret_key": own["SECRET"]}
    if own["ENDPOINT"]:
        options["addressing_style"] = "path"
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def scanner(environ: Mapping[str, str]) -> tuple[str, int] | None:
    """Where clamd listens; None without one. Raises BadScanner."""
    text = environ.get("MAKEGOOD_CLAMD", "").strip()
    if not text:
        return None
    found = _HOST_AND_PORT.fullmatch(text)
    if found is None or not 0 < int(found["port"]) < 65536:
        raise BadScanner()
    return found["host"].strip("[]"), int(found["port"])
