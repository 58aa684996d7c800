"""Reads accounts from platforms: the runner and one strategy per kind of stream."""
