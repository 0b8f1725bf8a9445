"""Pure: when a delivery is tried again."""
