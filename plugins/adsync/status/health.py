"""`python -m adsync.status.health COMPONENT`: health check of one Airflow component, for containers.

Airflow answers 200 even if a component is unhealthy, so the body is checked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import httpx

AIRFLOW = "http://127.0.0.1:8080/api/v2/monitor/health"
TIMEOUT = 5.0


def main(arguments: Sequence[str]) -> int:
    """Returns 0 if the component is healthy; otherwise 1, with one line on standard error."""
    options = _parser().parse_args(arguments)
    status = component_status(options.url, options.component)
    if status == "healthy":
        return 0
    sys.stderr.write(f"{options.component} at {options.url}: {status}\n")
    return 1


def component_status(url: str, component: str) -> str:
    """Returns `healthy`, another status from the body, or the reason why there is none."""
    try:
        # A proxy of the environment must not be used for a local address.
        body = httpx.get(url, timeout=TIMEOUT, trust_env=False).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        return f"unreachable ({type(error).__name__}: {error})"
    reported = body.get(component)
    return "healthy" if reported is True else str((reported or {}).get("status") or "not reported")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="adsync.status.health", description=__doc__)
    parser.add_argument("component", help="metadatabase, scheduler, dag_processor or triggerer; `ok` for the sandbox")
    parser.add_argument("--url", default=AIRFLOW, help="health endpoint; default %(default)s")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
