"""Tells people what happened, in batches: in-app notices folded from the journal."""
