"""A PostgreSQL 18 of our own, so that makegood runs without anybody installing a database.

`EmbeddedServer` owns one server. `attach_or_start` is what commands use: it connects to the server that
somebody already runs on the data directory, or runs one for the life of the command. `DATABASE_URL` selects
another server altogether.
"""

from makegood.project.postgres.attach import attach_or_start
from makegood.project.postgres.errors import PostgresProblem
from makegood.project.postgres.server import EmbeddedServer

__all__ = ["EmbeddedServer", "PostgresProblem", "attach_or_start"]
