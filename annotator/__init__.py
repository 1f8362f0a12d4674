"""Annotate news pages: article boundaries, blocks and entities, in one SQLite file per corpus."""

__version__ = "0.1.0"
