"""Loads records into raw tables, batch by batch."""
