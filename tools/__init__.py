"""Tools for building makegood; not part of the package."""
