"""Measures the hot paths beside hand-written SQL doing the same durable work, in the same run, on the same server."""
