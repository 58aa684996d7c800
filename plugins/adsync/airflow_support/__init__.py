"""Airflow code shared by DAGs and operators: assets, metrics, notifier, pool, run context and run notes."""
