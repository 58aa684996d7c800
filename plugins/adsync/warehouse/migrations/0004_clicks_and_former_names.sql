-- A click log of one's own, and the names that campaigns had before.

create table raw.clicks (
    workspace_id text not null references adsync.workspaces,
    click_id text not null,
    visitor_hash text,
    order_key text,
    clicked_at timestamptz not null,
    url text not null,
    referrer text,
    loaded_at timestamptz not null default clock_timestamp(),
    primary key (workspace_id, click_id)
);

create index clicks_loaded_at on raw.clicks (loaded_at);

comment on table raw.clicks is
'One row per click of a workspace''s own log, written by `python -m adsync clicks load FILE`. Nothing personal is kept.';
comment on column raw.clicks.workspace_id is 'The tenant; a click is never joined with another workspace''s orders.';
comment on column raw.clicks.click_id is
'The log''s own id, else a hash of the row''s content: the same row loaded twice is one row.';
comment on column raw.clicks.visitor_hash is
'HMAC-SHA256 (hex) of the visitor key with the workspace''s customer key, as in orders.customer_hash; empty if not told.';
comment on column raw.clicks.order_key is 'The order''s id or number in its store, where the log knows it.';
comment on column raw.clicks.clicked_at is 'The instant of the click.';
comment on column raw.clicks.url is 'The landing page with its campaign parameters and nothing else of its query.';
comment on column raw.clicks.referrer is 'The host that the visitor came from.';
comment on column raw.clicks.loaded_at is 'When the row last changed, by the database''s clock.';

-- A listing holds what a campaign is called now; links made before a rename go on saying what it was called then.
create table raw.former_names (
    source text not null,
    account_id text not null,
    campaign_id text not null,
    name text not null,
    replaced_at timestamptz not null
);

create index former_names_by_campaign on raw.former_names (source, account_id, campaign_id, replaced_at);

comment on table raw.former_names is
'One row per time a listed campaign was seen under another name than before: its former name, and when the new one came.';

create function raw.listed_name(payload jsonb) returns text
language sql immutable return coalesce(payload ->> 'name', payload ->> 'campaign_name');

create function raw.keep_former_name() returns trigger
language plpgsql as $$
begin
    insert into raw.former_names (source, account_id, campaign_id, name, replaced_at)
    values (tg_argv[0], old.account_id, old.record_key, raw.listed_name(old.payload), new.loaded_at);
    return null;
end
$$;

create function raw.watch_names(source text, stream text) returns void
language plpgsql as $$
begin
    if stream = 'campaigns' then
        execute format(
            'create or replace trigger keep_former_name after update of payload on raw.%I for each row
            when (raw.listed_name(old.payload) <> raw.listed_name(new.payload))
            execute function raw.keep_former_name(%L)', source || '_' || stream, source
        );
    end if;
end
$$;

-- Tables of listings that were there before this migration.
select raw.watch_names(replace(table_name, '_campaigns', ''), 'campaigns')
from information_schema.tables
where table_schema = 'raw' and table_name like '%\_campaigns';

-- Tables made from now on: the function of migration 0001, which then watches the names.
alter function raw.ensure_table(text, text) rename to create_table;

create function raw.ensure_table(source text, stream text) returns void
language plpgsql as $$
begin
    if to_regclass('raw.' || quote_ident(source || '_' || stream)) is null then
        perform raw.create_table(source, stream);
        perform raw.watch_names(source, stream);
    end if;
end
$$;
