"""Proposers: what puts marks forward for a person to decide on."""
