-- Intermediate relations take their new names. They are renamed, not dropped: the views in `marts` that read them stay, and
-- incremental models keep their rows.

do $rename$
declare
    old_name text;
    new_name text;
begin
    for old_name, new_name in values
        ('int_attribution_settings', 'int_settings__attribution'),
        ('int_campaign_children', 'int_ads'),
        ('int_campaign_keys', 'int_campaigns__match_keys'),
        ('int_campaigns__silent', 'int_campaigns__without_metrics'),
        ('int_delivered_days', 'int_workspace_days'),
        ('int_figures__doubted', 'int_metrics__sanity_checked'),
        ('int_matching_settings', 'int_settings__matching'),
        ('int_metric_changes', 'int_ad_metrics__changes'),
        ('int_metric_versions', 'int_ad_metrics__versions'),
        ('int_order_paths', 'int_orders__touch_paths'),
        ('int_orders__judged', 'int_orders__classified'),
        ('int_statuses__unmapped', 'int_order_statuses__unmapped'),
        ('int_store_settings', 'int_settings__stores'),
        ('int_touches', 'int_touches__parsed')
    loop
        -- `alter table` renames views too.
        if to_regclass('intermediate.' || new_name) is null then
            execute format('alter table if exists intermediate.%I rename to %I', old_name, new_name);
        end if;
    end loop;
end $rename$;
