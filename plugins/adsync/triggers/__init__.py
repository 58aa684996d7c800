"""Code that runs in Airflow's triggerer: the report trigger and the deadline callback."""
