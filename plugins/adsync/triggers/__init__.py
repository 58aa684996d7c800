"""What waits in Airflow's triggerer instead of in a worker's slot."""
