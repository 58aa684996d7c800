"""Estimates how many calls and how long a sync takes."""
