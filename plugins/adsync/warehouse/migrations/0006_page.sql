-- Who has seen an alert, and when: it stays open, and stops asking.

alter table adsync.alerts add column acknowledged_at timestamptz;
alter table adsync.alerts add column acknowledged_by text;
