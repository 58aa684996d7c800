-- Records that could not be read or stored; the rest of their page was loaded.

create table raw.rejected_records (
    source text not null,
    stream text not null,
    account_id text not null,
    -- Null if the key itself is unreadable.
    record_key text,
    reason text not null,
    excerpt text not null check (length(excerpt) <= 500),
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    attempts integer not null default 1,
    loaded_at timestamptz not null default clock_timestamp()
);

create unique index rejected_records_by_record
on raw.rejected_records (source, stream, account_id, coalesce(record_key, md5(reason || excerpt)));

comment on table raw.rejected_records is 'Records that could not be read or stored; an entry leaves once its record reads or no longer exists.';
comment on column raw.rejected_records.excerpt is 'Fields without personal data, for finding the record at its platform.';
comment on column raw.rejected_records.loaded_at is 'When the entry was last written, by the database''s clock.';
