-- What the marts were last built from, so that the next build looks only at what has changed since.

-- PostgreSQL counts the rows ever written to a table; one that was truncated or made anew is another file.
create view adsync.table_versions as
select
    relnamespace::regnamespace || '.' || relname as relation,
    concat_ws(
        ' ', oid, pg_relation_filenode(oid), pg_stat_get_tuples_inserted(oid), pg_stat_get_tuples_updated(oid),
        pg_stat_get_tuples_deleted(oid), pg_postmaster_start_time()
    ) as version
from pg_class
where relkind = 'r' and relnamespace > 16383;

create table adsync.last_build (
    is_last boolean primary key default true check (is_last),
    project text not null,
    started_at timestamptz not null,
    tables jsonb not null
);

comment on table adsync.last_build is 'The last good build of the marts: one row.';
comment on column adsync.last_build.project is 'A fingerprint of the dbt project that built them.';
comment on column adsync.last_build.tables is 'By the name that dbt selects a table by: [relation, version].';
