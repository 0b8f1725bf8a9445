"""One installation's directory: database, secret key, collected assets."""

import os
import secrets
import tempfile
from pathlib import Path

from makegood.project.problems import OperatorProblem

DEFAULT_DATA = "var"
KEY_FILE = "secret_key"
KEY_BYTES = 48


class UnreadableSecret(OperatorProblem):
    """The installation's secret key cannot be read."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} cannot be read or written. Run makegood as the user who installed it, or set SECRET_KEY."
        )


def data_dir() -> Path:
    """Where this installation keeps its data: MAKEGOOD_DATA, else ./var."""
    return Path(os.environ.get("MAKEGOOD_DATA") or DEFAULT_DATA).absolute()


def secret_key(data: Path) -> str | None:
    """The installation's secret: SECRET_KEY, else the file made by `ensure_secret_key`. Raises
    UnreadableSecret."""
    given = os.environ.get("SECRET_KEY")
    if given:
        return given
    path = data / KEY_FILE
    try:
        return path.read_text().strip() or None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnreadableSecret(path) from error


def ensure_secret_key(data: Path) -> str:
    """The installation's secret, made when there is none yet. Raises UnreadableSecret."""
    present = secret_key(data)
    if present:
        return present
    path = data / KEY_FILE
    try:
        data.mkdir(mode=0o711, parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(prefix=f".{KEY_FILE}-", dir=data)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(KEY_BYTES) + "\n")
        path.unlink(missing_ok=True)
        Path(partial).rename(path)
    except OSError as error:
        raise UnreadableSecret(path) from error
    return path.read_text().strip()
