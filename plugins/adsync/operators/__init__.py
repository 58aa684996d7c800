"""Airflow operators, retry policy and deadlines; they wrap modules that do not import Airflow."""
