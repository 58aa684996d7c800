-- Tokens that platforms rotate: which connection they came from, and refreshes whose answer is still out.

alter table adsync.tokens
    -- Tells a connection that a person has filled anew from the one this token descends from.
    add column seed_digest text not null default '',
    add column renewed_at timestamptz not null default now();

-- Committed before a refresh is sent, removed with its answer: a row that stays is a lost answer.
create table adsync.token_refreshes (
    platform text not null,
    native_id text not null,
    sent_at timestamptz not null default now(),
    seed_digest text not null,
    primary key (platform, native_id),
    foreign key (platform, native_id) references adsync.accounts
);
