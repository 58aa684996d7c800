"""What a DAG is made of; thin, because the work is done by modules that know no Airflow."""
