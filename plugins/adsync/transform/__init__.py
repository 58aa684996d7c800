"""Runs dbt and selects what it builds."""
