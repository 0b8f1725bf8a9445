"""Charges for measuring: copies of one call, each with an id of its own."""

from __future__ import annotations

from django.db import connection

from tests.world import World

_COLUMNS = (
    "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
    " WHERE attrelid = 'billing_charge'::regclass"
    " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname NOT IN ('id', 'external_id', 'usage_id')"
)


def new_charges(world: World, size: int) -> list[int]:
    """The ids of ``size`` new charges that nobody disputed."""
    first = world.charge()
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        (columns,) = cursor.fetchone() or ("",)
        cursor.execute(
            f"INSERT INTO billing_charge ({columns}, external_id, usage_id)"  # noqa: S608 - names from the catalog
            f" SELECT {columns}, c.external_id || '-' || n, nextval('billing_usage_id_seq')"
            " FROM billing_charge c, generate_series(1, %s) n WHERE c.id = %s RETURNING id",
            [size, first.pk],
        )
        return [row[0] for row in cursor.fetchall()]
