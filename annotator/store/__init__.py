"""One corpus in one SQLite file."""
