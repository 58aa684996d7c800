"""What DAGs and operators share and only Airflow needs."""
