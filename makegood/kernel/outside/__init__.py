"""Requests to other machines: which addresses may be asked, and a connection to exactly what was checked."""
