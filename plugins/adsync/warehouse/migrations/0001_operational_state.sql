-- Operational state: who is synced, how far, and what went wrong.

create schema if not exists adsync;
create schema if not exists raw;

create table adsync.workspaces (
    workspace_id text primary key check (workspace_id ~ '^[a-z0-9_-]{1,64}$'),
    name text not null,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    timezone text not null,
    attribution jsonb not null default '{}',
    alerts jsonb not null default '{}',
    history_days integer not null default 90 check (history_days > 0),
    recent_days integer not null default 2 check (recent_days >= 0),
    -- Keys the HMAC of customer ids, encrypted with ADSYNC_TOKEN_KEY.
    customer_key text,
    updated_at timestamptz not null default now()
);

create table adsync.accounts (
    platform text not null,
    native_id text not null,
    workspace_id text not null references adsync.workspaces,
    kind text not null check (kind in ('ad_account', 'store')),
    conn_id text not null,
    options jsonb not null default '{}',
    -- Reported by the platform at the first sync.
    name text,
    currency text,
    timezone text,
    is_active boolean not null default true,
    updated_at timestamptz not null default now(),
    primary key (platform, native_id)
);

create table adsync.tokens (
    platform text not null,
    native_id text not null,
    ciphertext bytea not null,
    expires_at timestamptz,
    updated_at timestamptz not null default now(),
    primary key (platform, native_id),
    foreign key (platform, native_id) references adsync.accounts
);

create table adsync.sync_state (
    platform text not null,
    account_id text not null,
    stream text not null,
    status text not null default 'ok' check (status in ('ok', 'retrying', 'failed', 'reauth_required', 'paused')),
    -- Both days are covered: the span is inclusive, in the account's own zone.
    covered_from date,
    covered_through date,
    -- What only the source understands: a watermark, the id of a report under way.
    cursor jsonb not null default '{}',
    last_success_at timestamptz,
    last_attempt_at timestamptz,
    consecutive_failures integer not null default 0,
    error_class text,
    error_message text,
    retry_at timestamptz,
    lease_until timestamptz,
    lease_owner text,
    primary key (platform, account_id, stream),
    foreign key (platform, account_id) references adsync.accounts (platform, native_id)
);

create table adsync.sync_runs (
    sync_run_id bigint generated always as identity primary key,
    run_id text not null,
    platform text not null,
    account_id text not null,
    window_from timestamptz,
    window_until timestamptz,
    calls integer not null,
    rows_seen bigint not null,
    rows_changed bigint not null,
    bytes bigint not null,
    started_at timestamptz not null,
    duration_seconds double precision not null,
    -- elsewhere: another run was reading the account; nothing was left to do for this one.
    outcome text not null check (outcome in ('ok', 'elsewhere', 'waiting', 'retrying', 'failed')),
    error_class text,
    error_message text
);

create index sync_runs_by_run on adsync.sync_runs (run_id, platform, account_id);
create index sync_runs_by_start on adsync.sync_runs (started_at);

create table adsync.alerts (
    alert_id bigint generated always as identity primary key,
    workspace_id text not null references adsync.workspaces,
    platform text not null,
    campaign_id text not null,
    type text not null,
    severity text not null check (severity in ('high', 'medium', 'low')),
    status text not null check (status in ('open', 'closed')),
    message text not null,
    current numeric(18, 6),
    baseline numeric(18, 6),
    threshold numeric(18, 6),
    first_date date not null,
    last_date date not null,
    opened_at timestamptz not null default now(),
    closed_at timestamptz,
    delivered_at timestamptz
);

create unique index alerts_one_open_episode on adsync.alerts (workspace_id, platform, campaign_id, type)
where status = 'open';

create table adsync.admin_notices (
    notice_id bigint generated always as identity primary key,
    platform text not null,
    account_id text not null,
    error_class text not null,
    message text not null,
    opened_at timestamptz not null default now(),
    closed_at timestamptz,
    delivered_at timestamptz
);

create unique index admin_notices_one_open_episode on adsync.admin_notices (platform, account_id)
where closed_at is null;

-- When the marts were last built whole, and how new the newest raw row was then.
create table adsync.transform_runs (
    run_id text primary key,
    raw_through timestamptz,
    finished_at timestamptz not null default now()
);

-- Every change of a metric row, for ever: what was known, and when. A null payload: the row was withdrawn.
create table raw.observations (
    source text not null,
    stream text not null,
    account_id text not null,
    record_key text not null,
    metric_date date not null,
    observed_at timestamptz not null,
    payload jsonb
);

create index observations_by_record on raw.observations (source, stream, account_id, metric_date, record_key, observed_at);

-- A withdrawn row leaves no loaded_at behind: only the ledger tells that something changed.
create index observations_withdrawn on raw.observations (observed_at) where payload is null;

-- One table per source and stream, all alike; safe to call for a table that exists.
create function raw.ensure_table(source text, stream text) returns void
language plpgsql as $$
declare
    name text := source || '_' || stream;
begin
    if to_regclass('raw.' || quote_ident(name)) is not null then
        return;
    end if;
    -- The toast target keeps records of 2 to 4 kB inline: less work on load than compressing them out of line.
    execute format(
        'create table raw.%I (
            account_id text not null,
            record_key text not null,
            metric_date date,
            payload jsonb not null,
            observed_at timestamptz not null,
            loaded_at timestamptz not null default clock_timestamp(),
            run_id text not null,
            primary key (account_id, record_key)
        ) with (toast_tuple_target = 8160)', name
    );
    execute format('create index %I on raw.%I (loaded_at)', name || '_loaded_at', name);
    execute format('create index %I on raw.%I (account_id, metric_date)', name || '_metric_date', name);
end
$$;
