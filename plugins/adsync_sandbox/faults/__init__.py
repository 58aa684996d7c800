"""Scripted faults: which calls fail, and how."""
