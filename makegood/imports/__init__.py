"""Brings call logs in: detect, map, dry-run, commit."""
