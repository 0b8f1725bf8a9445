"""Append-only history, its cursors, and the store of answered commands."""
