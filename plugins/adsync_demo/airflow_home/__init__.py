"""Airflow as the demo runs it."""
