"""Accounts, entries, postings, holds, adjustments. Nothing else moves money."""
