"""What DAG tasks call: sharding, restatement, run summaries. Imports no Airflow."""
