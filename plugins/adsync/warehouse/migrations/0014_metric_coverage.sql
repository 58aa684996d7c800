-- The first day whose metrics are known, by ad account. The other columns of sync_state change with every sync; models
-- that need only this one are rebuilt when it changes.
create or replace view adsync.metric_coverage as
select platform, account_id, covered_from
from adsync.sync_state
where stream = 'campaign_metrics' and covered_from is not null;
