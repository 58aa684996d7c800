"""Writes records into raw tables."""
