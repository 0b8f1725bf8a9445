"""Server-rendered pages per role."""
