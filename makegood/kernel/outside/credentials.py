"""Pure: what hosts are told by the operator's setting."""

from __future__ import annotations

import json
import re

_HOST = re.compile(r"[a-z0-9.-]+(:[1-9][0-9]{0,4})?|\[[0-9a-f:.]+\](:[1-9][0-9]{0,4})?")
_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")


def read(text: str) -> dict[str, str]:
    """Host (lower case, with its port unless that is 443) -> the value of the Authorization header.

    Read from a JSON object; an empty text names no host. Raises ValueError, which never repeats a value.
    """
    if not text.strip():
        return {}
    try:
        said = json.loads(text)
    except ValueError as error:
        raise ValueError("it is no JSON object") from error
    if not isinstance(said, dict):
        raise ValueError("it is no JSON object")
    for host, value in said.items():
        if not _HOST.fullmatch(host):
            raise ValueError(f'"{host}" is no host')
        if not isinstance(value, str) or not _VALUE.fullmatch(value):
            raise ValueError(f"what {host} is told is no value of a header")
    return {host.removesuffix(":443"): value for host, value in said.items()}
