"""Airflow as the demo runs it: its settings, processes, REST API and DAG runs."""
