"""What to look at after the tables: the page, and a shell script with every address."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from adsync_demo.airflow_runtime import environment
from adsync_demo.airflow_runtime.environment import USER
from adsync_demo.paths import DemoPaths
from adsync_demo.services import postgres
from adsync_demo.services.files import write_private

SCRIPT = "environment.sh"


def write_script(paths: DemoPaths, variables: Mapping[str, str]) -> None:
    """Writes a file to source: Airflow's environment, with psql on the path. It is private, as it has passwords."""
    known = environment.inherited(paths)
    ours = {name: value for name, value in variables.items() if known.get(name) != value and name != "PATH"}
    lines = [f"export {name}={shlex.quote(value)}" for name, value in sorted(ours.items())]
    lines.append(f'export PATH={shlex.quote(f"{paths.programs}:{postgres.programs()}")}:"$PATH"')
    write_private(paths.state / SCRIPT, "\n".join(lines) + "\n")


def lines(paths: DemoPaths, page: str, password: str) -> list[str]:
    script = shlex.quote(str(paths.state / SCRIPT))
    return [
        "",
        f"Airflow: {page}  user {USER}, password {password}; the results are on its page Ads",
        f"Logs of processes: {paths.state / 'logs'}; of tasks: {paths.airflow / 'logs'}",
        "In another shell:",
        f"  . {script}",
        '  redis-cli -u "$ADSYNC_REDIS_URL" GET dashboard_metrics:acme',
        '  psql -c "select * from marts.workspace_roas order by date desc limit 10"',
        "  dbt show --project-dir dbt_project --profiles-dir dbt_project --select performance_alerts",
        "  airflow dags list",
        "  python -m adsync config check",
        "  make stop",
    ]
