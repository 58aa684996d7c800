"""Airflow's connections, in the words of the core."""
