"""Wiring: settings, addresses, command line and the embedded PostgreSQL; the only app that knows
everybody."""
