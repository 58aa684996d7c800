"""The whole product on one bare machine: servers from pip packages, a sandbox, Airflow."""
