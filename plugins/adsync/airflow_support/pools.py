"""The pool that runs one dbt build at a time, however many runs a backfill creates.

Airflow does not start tasks whose pool is missing and shows a warning above the DAG. The demo and docker-compose.yaml
create the pool; any other installation creates it once: `airflow pools set marts 1 "one dbt build at a time"`.
"""

from __future__ import annotations

MARTS = "marts"
SLOTS = 1
DESCRIPTION = "one dbt build at a time"
