"""`python -m adsync.status.health COMPONENT`: whether one part of Airflow is well, for the health checks of containers.

Airflow's address answers 200 also when a component is dead: only the body tells.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import httpx

AIRFLOW = "http://127.0.0.1:8080/api/v2/monitor/health"
TIMEOUT = 5.0


def main(arguments: Sequence[str]) -> int:
    """0 when the address says that the component is healthy, else 1 and one line on standard error."""
    options = _parser().parse_args(arguments)
    said = state(options.url, options.component)
    if said == "healthy":
        return 0
    sys.stderr.write(f"{options.component} at {options.url}: {said}\n")
    return 1


def state(url: str, component: str) -> str:
    """`healthy`, what the body says instead, or why there is no body."""
    try:
        # A proxy from the environment must not come between.
        body = httpx.get(url, timeout=TIMEOUT, trust_env=False).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        return f"no answer ({type(error).__name__}: {error})"
    told = body.get(component)
    return "healthy" if told is True else str((told or {}).get("status") or "not reported")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="adsync.status.health", description=__doc__)
    parser.add_argument("component", help="metadatabase, scheduler, dag_processor, triggerer; ok for the sandbox")
    parser.add_argument("--url", default=AIRFLOW, help="the address whose body is read")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
