"""The operating-system user that PostgreSQL runs as; never root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from makegood.project.postgres.errors import NoOrdinaryUser, RootOwned, WrongAccount

PREFERRED = ("postgres", "nobody")
ROOT_UID = 0


@dataclass(frozen=True)
class Account:
    """An operating-system user."""

    name: str
    uid: int
    gid: int

    @property
    def is_current(self) -> bool:
        """Whether we already are this user."""
        return os.geteuid() == self.uid

    def run(self, *command: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a short command as this user, keeping what it prints."""
        drop = not self.is_current
        return subprocess.run(
            [str(part) for part in command],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=env,
            cwd="/",
            user=self.uid if drop else None,
            group=self.gid if drop else None,
            extra_groups=[] if drop else None,
        )

    def can_enter(self, path: Path) -> bool:
        """Whether this user can get to the path and enter or execute it; asked of the kernel, so ACLs count
        too."""
        if self.is_current:
            return os.access(path, os.X_OK)
        return self.run("/usr/bin/test", "-x", path).returncode == 0

    def take(self, path: Path) -> None:
        """Make the user owner of a path we have just created."""
        if not self.is_current:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def of(uid: int) -> Account:
    """The account behind a user id, even where the machine has no name for it."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(str(uid), uid, uid)
    return Account(entry.pw_name, uid, entry.pw_gid)


def current() -> Account:
    """The account we are."""
    return of(os.geteuid())


def ordinary() -> Account:
    """The account that runs the server when we are root. Raises NoOrdinaryUser."""
    for name in PREFERRED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise NoOrdinaryUser


def choose(cluster: Path | None) -> Account:
    """Who runs the server: ourselves, unless we are root; then the owner of the existing data, or an ordinary
    user.

    Raises WrongAccount, RootOwned, NoOrdinaryUser.
    """
    me = current()
    owner = of(cluster.stat().st_uid) if cluster else None
    if me.uid != ROOT_UID:
        if cluster and owner and owner.uid != me.uid:
            raise WrongAccount(cluster, owner.name, me.name)
        return me
    if cluster and owner and owner.uid == ROOT_UID:
        raise RootOwned(cluster, ordinary().name)
    return owner or ordinary()
