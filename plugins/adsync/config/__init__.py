"""workspaces.yaml and connections, outside Airflow."""
