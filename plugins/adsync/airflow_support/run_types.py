"""Which runs a DAG allows that has no days of its own: a backfill of it would repeat the present."""

ALL_BUT_BACKFILL = ("scheduled", "manual", "operator_triggered", "asset_triggered", "asset_materialization")
