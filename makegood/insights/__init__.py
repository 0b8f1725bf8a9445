"""Figures: what was billed, disputed and given back, by the day of the charge."""
