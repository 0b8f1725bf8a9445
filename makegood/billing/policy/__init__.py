"""Pure rules of billing: why one bill differs from another."""
