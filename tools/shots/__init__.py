"""A picture of every page, in both themes and two widths, with the demo's data."""
