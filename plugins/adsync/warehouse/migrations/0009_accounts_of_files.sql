-- Which accounts a workspaces file brought: only those may it retire again. All others an application wrote.

alter table adsync.accounts add column file text;

comment on column adsync.accounts.file is 'The workspaces file that named the account last; null for any other way.';
