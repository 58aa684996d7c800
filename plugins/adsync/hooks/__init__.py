"""Reads Airflow connections and returns the types that the rest of the package uses."""
