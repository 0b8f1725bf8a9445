"""What evidence refuses: one module per subject (``files``, ``recordings``)."""
