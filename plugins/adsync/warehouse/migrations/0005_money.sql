-- A workspace's own exchange rates, and when the ledger learned each thing.

-- [{from, to, since, rate}]: units of `to`, the reporting currency, for one of `from`. Used before seeds/fx_rates.csv.
alter table adsync.workspaces add column fx_rates jsonb not null default '[]';

-- Set by the database, late in a load: a reader that remembers the newest one it has seen misses nothing.
alter table raw.observations add column loaded_at timestamptz not null default now();
alter table raw.observations alter column loaded_at set default clock_timestamp();
create index observations_loaded_at on raw.observations (loaded_at);
