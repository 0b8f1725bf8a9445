"""Rule types by subject: one class each."""
