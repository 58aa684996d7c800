"""What DAG tasks call: sharding, restatement, run summaries, grid labels and housekeeping. Imports no Airflow."""
