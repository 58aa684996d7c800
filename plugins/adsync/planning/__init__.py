"""Estimates the calls, rows and minutes of a sync before it runs."""
