"""How to look further once the table is printed: the page, and a shell that knows every address."""

from __future__ import annotations

import shlex

from adsync_demo.airflow_home import environment
from adsync_demo.airflow_home.environment import USER, Variables
from adsync_demo.paths import DemoPaths
from adsync_demo.services import postgres
from adsync_demo.services.files import write_private

SCRIPT = "environment.sh"


def write_script(place: DemoPaths, variables: Variables) -> None:
    """A file to source: all that Airflow runs with, and psql beside it. It holds passwords, so it is private."""
    known = environment.inherited(place)
    ours = {name: value for name, value in variables.items() if known.get(name) != value and name != "PATH"}
    lines = [f"export {name}={shlex.quote(value)}" for name, value in sorted(ours.items())]
    lines.append(f'export PATH={shlex.quote(f"{place.programs}:{postgres.programs()}")}:"$PATH"')
    write_private(place.state / SCRIPT, "\n".join(lines) + "\n")


def lines(place: DemoPaths, page: str, password: str) -> list[str]:
    script = shlex.quote(str(place.state / SCRIPT))
    return [
        "",
        f"Airflow: {page}  login {USER}, password {password}; what came out is its entry Ads",
        f"Logs: {place.state / 'logs'}; of tasks: {place.airflow / 'logs'}",
        "Look further, in another shell:",
        f"  . {script}",
        '  redis-cli -u "$ADSYNC_REDIS_URL" GET dashboard_metrics:acme',
        '  psql -c "select * from marts.workspace_roas order by date desc limit 10"',
        "  dbt show --project-dir dbt_project --profiles-dir dbt_project --select performance_alerts",
        "  airflow dags list",
        "  python -m adsync config check",
        "  make stop",
    ]
