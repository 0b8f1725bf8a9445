"""Races: real threads with connections of their own, started together; each ends with the books proved."""
