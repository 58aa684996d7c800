"""The pool that keeps dbt and publishing to one at a time, however many runs a backfill makes.

Airflow starts no task of a pool that does not exist, and says so above the DAG: make it once per installation,
`airflow pools set marts 1 "one dbt build at a time"`. The demo and docker-compose.yaml do.
"""

from __future__ import annotations

MARTS = "marts"
SLOTS = 1
MEANING = "one dbt build at a time"
