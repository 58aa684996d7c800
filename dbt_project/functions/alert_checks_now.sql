select * from {{ ref('int_alert_checks') }}
