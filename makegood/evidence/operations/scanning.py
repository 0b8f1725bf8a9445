"""Asks a clamd for its opinion of some bytes, through its command INSTREAM."""

from __future__ import annotations

import logging
import socket
from dataclasses import dataclass

from django.conf import settings

from makegood.evidence.states import ScanState

logger = logging.getLogger(__name__)

TIMEOUT_S = 20.0
_PIECE = 64 * 1024
_LONGEST_ANSWER = 4096


@dataclass(frozen=True)
class Opinion:
    """What a scanner said; ``found`` names what an infected file holds. ``UNSCANNED``: nobody answered."""

    state: ScanState
    found: str = ""


def is_scanning() -> bool:
    """Whether a scanner is set up."""
    return settings.CLAMD is not None


def scan(content: bytes) -> Opinion:
    """The scanner's opinion of some bytes; without a scanner, or without an answer, none."""
    if settings.CLAMD is None:
        return Opinion(ScanState.UNSCANNED)
    try:
        with socket.create_connection(settings.CLAMD, timeout=TIMEOUT_S) as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _PIECE):
                piece = content[start : start + _PIECE]
                line.sendall(len(piece).to_bytes(4, "big") + piece)
            line.sendall(bytes(4))
            return _read(_answer(line))
    except OSError as error:
        logger.warning("the virus scanner did not answer: %s", error)
        return Opinion(ScanState.UNSCANNED)


def _answer(line: socket.socket) -> str:
    said = b""
    while b"\0" not in said and len(said) < _LONGEST_ANSWER:
        piece = line.recv(_LONGEST_ANSWER)
        if not piece:
            break
        said += piece
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _read(answer: str) -> Opinion:
    """``stream: OK``, ``stream: Eicar-Signature FOUND``, or an error in words."""
    said = answer.removeprefix("stream:").strip()
    if said == "OK":
        return Opinion(ScanState.CLEAN)
    if said.endswith(" FOUND"):
        return Opinion(ScanState.INFECTED, said.removesuffix(" FOUND"))
    logger.warning("the virus scanner answered: %s", answer or "nothing")
    return Opinion(ScanState.UNSCANNED)
