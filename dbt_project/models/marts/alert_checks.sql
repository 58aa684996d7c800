-- What each alert rule compares, for every complete day: the day as it was known a day later, with thirty days as old.

with

alert_checks as (

    select * from {{ function('alert_checks_now') }}()

)

select * from alert_checks
