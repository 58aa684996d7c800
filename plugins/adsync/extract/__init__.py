"""Syncs accounts: the runner, and one strategy per stream type."""
