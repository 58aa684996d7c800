"""The whole product on one machine: servers from pip packages, a sandbox, Airflow."""
