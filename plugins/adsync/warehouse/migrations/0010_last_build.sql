-- What the marts were last built from, so that the next build looks only at what has changed since. The schema `checks` is
-- dbt's own notebook.

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

create schema if not exists checks;

create table if not exists checks.passed (test text primary key, version text not null);
comment on table checks.passed is 'The rows, as a fingerprint, on which a data test has passed last.';

create table if not exists checks.settings (relation text, place text[], settings_key text, primary key (relation, place));
comment on table checks.settings is 'The settings that a model was last built with, by account or other place.';

create table if not exists checks.days (
    id bigint generated always as identity, told_by text not null, workspace_id text not null, date date not null
);
create index if not exists days_told_by on checks.days (told_by, id);
comment on table checks.days is 'Days of workspaces in which a table was written, until every sum by day has read them.';

create table if not exists checks.days_summed (
    relation text, told_by text, file oid not null, through bigint not null, primary key (relation, told_by)
);
comment on table checks.days_summed is 'Up to which note of checks.days a model has summed up a table, and of which file.';

-- A trigger for each statement, with the columns that hold days as its arguments.
create or replace function checks.tell_days() returns trigger language plpgsql as $tell$
begin
    execute format(
        'insert into checks.days (told_by, workspace_id, date)
        select distinct %L, changed.workspace_id, told.date from changed, unnest(array[%s]) as told (date)
        where told.date is not null',
        tg_table_schema || '.' || tg_table_name, array_to_string(tg_argv::text[], ', ')
    );
    return null;
end $tell$;
