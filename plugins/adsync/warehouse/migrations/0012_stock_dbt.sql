-- One journal of what was built from what: `adsync.transform_runs`. The schema `checks`, its triggers on marts and the views
-- that became tables or part of their readers are dropped; the next build makes what replaces them.

drop schema if exists checks cascade;
drop table adsync.last_build;
drop view adsync.table_versions;

alter table adsync.transform_runs
    alter column finished_at drop not null,
    add column started_at timestamptz,
    add column project text,
    add column tables jsonb,
    add column manifest bytea;

comment on table adsync.transform_runs is 'Whole builds of the marts; the newest one has what it was built from.';
comment on column adsync.transform_runs.raw_through is 'Up to when raw was complete before the build.';
comment on column adsync.transform_runs.finished_at is 'When alerts and the dashboard cache followed; null: not yet.';
comment on column adsync.transform_runs.project is 'Fingerprints of the project''s settings and of its files.';
comment on column adsync.transform_runs.tables is 'By the name that dbt selects a table by: [relation, version].';
comment on column adsync.transform_runs.manifest is 'dbt''s manifest.json, compressed by zlib.';

drop view if exists
    intermediate.int_orders__classified,
    intermediate.int_order_statuses__unmapped,
    intermediate.int_campaigns__unlisted,
    intermediate.int_campaigns__without_metrics
cascade;
