-- Who was told what: one row per alert or notice, its status, and the channel that carried it.

create table adsync.deliveries (
    subject text not null check (subject in ('alert', 'notice')),
    subject_id bigint not null,
    status text not null check (status in ('open', 'closed')),
    channel text not null,
    delivered_at timestamptz not null default now(),
    primary key (subject, subject_id, status, channel)
);

comment on column adsync.alerts.delivered_at is 'When the last of its channels was told of its present status.';
comment on column adsync.admin_notices.delivered_at is 'When the last channel was told of its present status.';
