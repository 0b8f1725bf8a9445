"""The heart: lifecycle, policy, and the verbs that file, decide, undo and commit disputes."""
