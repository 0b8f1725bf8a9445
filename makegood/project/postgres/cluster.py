"""PostgreSQL's data directory: created once, checked before each start, its access rules written by us."""

import os
import secrets
import shutil
import tempfile
from pathlib import Path

from makegood.project.postgres import account as accounts
from makegood.project.postgres.account import Account
from makegood.project.postgres.binaries import SHELTER, Binaries
from makegood.project.postgres.errors import NotACluster, OtherMajorVersion, OutOfReach, StartFailed
from makegood.project.postgres.record import USER, Layout

# Written into postgresql.conf once; an operator may change them there.
TUNING = {
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


def existing(layout: Layout) -> Path | None:
    """The real directory of the data, or None where there is none yet. Raises NotACluster."""
    if layout.cluster.is_symlink() and not layout.cluster.exists():
        raise NotACluster(layout.cluster)
    if not layout.cluster.exists():
        return None
    cluster = layout.cluster.resolve()
    if not (cluster / "PG_VERSION").is_file():
        raise NotACluster(layout.cluster)
    return cluster


def check_version(cluster: Path, binaries: Binaries) -> None:
    """Raises OtherMajorVersion unless the data was written by the same major version."""
    found = (cluster / "PG_VERSION").read_text().strip()
    if found != str(binaries.major):
        raise OtherMajorVersion(cluster, found, binaries.major)


def create(layout: Layout, binaries: Binaries, account: Account, *, durable: bool) -> Path:
    """Create the data directory; a half-made one never gets the final name. Raises StartFailed,
    OutOfReach."""
    home = layout.data if account.can_enter(layout.data) else _shelter(layout, account)
    partial = home / "postgres.partial"
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir(mode=0o700)
    account.take(partial)
    settings = [f"--set={name}={value}" for name, value in TUNING.items()]
    answer = account.run(
        binaries.program("initdb"),
        f"--pgdata={partial}",
        f"--username={USER}",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
        "--auth-local=peer",
        "--auth-host=reject",
        "--no-instructions",
        *([] if durable else ["--no-sync"]),
        *settings,
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
    )
    if answer.returncode != 0:
        shutil.rmtree(partial, ignore_errors=True)
        raise StartFailed("The database could not be created.", answer.stdout.strip())
    cluster = home / "postgres"
    partial.rename(cluster)
    if home != layout.data:
        layout.cluster.symlink_to(cluster)
    return cluster.resolve()


def write_access_rules(cluster: Path, account: Account, *, tcp: bool) -> None:
    """Let in, over the socket, the server's own user, ourselves and root; over TCP only who knows the
    password."""
    people = sorted({account.name, accounts.current().name, "root"})
    hba = [f"local all {USER} peer map={USER}"]
    if tcp:
        hba.append(f"host all {USER} 127.0.0.1/32 scram-sha-256")
    note = "# Written by makegood at each start.\n"
    _replace(cluster / "pg_hba.conf", note + "\n".join(hba) + "\n", account)
    _replace(cluster / "pg_ident.conf", note + "".join(f"{USER} {name} {USER}\n" for name in people), account)


def _replace(path: Path, text: str, account: Account) -> None:
    """Put a new file in place of the old; we may be root in a directory of somebody else, so links are not
    followed."""
    handle, partial = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        if not account.is_current:
            os.fchown(file.fileno(), account.uid, account.gid)
    Path(partial).replace(path)


def _shelter(layout: Layout, account: Account) -> Path:
    """A home outside a data directory that the server's user cannot enter. Raises OutOfReach."""
    if os.geteuid() != 0:
        raise OutOfReach(layout.data, account.name)
    home = SHELTER / f"data-{secrets.token_hex(4)}"
    home.mkdir(mode=0o711, parents=True)
    for directory in (SHELTER, home):
        directory.chmod(directory.stat().st_mode | 0o111)
    if not account.can_enter(home):
        raise OutOfReach(home, account.name)
    return home
