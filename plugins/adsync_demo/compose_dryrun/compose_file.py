"""The part of docker-compose.yaml that the dry run needs, with variables substituted as compose does it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from adsync_demo.failures import DemoFailed

# $$ | ${NAME} | ${NAME:-default} | ${NAME:?message}
VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<text>[^}]*))?\}")
SHELL = ("bash", "-ec")


@dataclass(frozen=True)
class Service:
    """One service that runs our image: its command, variables, health check, and the services it starts after."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    health_check: tuple[str, ...]
    after: Mapping[str, str]
    replicas: int


def read(file: Path, variables: Mapping[str, str]) -> dict[str, Service]:
    """Returns the services built from this checkout, in the file's order, with all profiles.

    Raises DemoFailed if a required variable is missing.
    """
    document = yaml.safe_load(_substituted(file.read_text(encoding="utf-8"), variables))
    return {name: _service(name, body) for name, body in document["services"].items() if "build" in body}


def _substituted(text: str, variables: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        given = variables.get(found["name"], "")
        if not given and found["kind"] == "?":
            raise DemoFailed(f"docker-compose.yaml: missing variable {found['name']} ({found['text']})")
        return given or (found["text"] if found["kind"] == "-" else "")

    # A comment may mention a variable without requiring it.
    return "\n".join(line if line.lstrip().startswith("#") else VARIABLE.sub(value, line) for line in text.split("\n"))


def _service(name: str, body: Mapping[str, Any]) -> Service:
    return Service(
        name=name,
        command=tuple(body["command"]),
        environment={key: str(value) for key, value in body["environment"].items()},
        health_check=_health_check((body.get("healthcheck") or {}).get("test", ())),
        after={other: settings["condition"] for other, settings in body["depends_on"].items()},
        replicas=body.get("deploy", {}).get("replicas", 1),
    )


def _health_check(test: list[str]) -> tuple[str, ...]:
    """Returns the command of a health check, without compose's first word, which tells if it is a shell script."""
    if not test:
        return ()
    return ("sh", "-c", test[1]) if test[0] == "CMD-SHELL" else tuple(test[1:])


def with_texts(service: Service, change: Callable[[str], str]) -> Service:
    """Returns the service with every text changed, to replace addresses and folders of containers by local ones."""
    return Service(
        service.name,
        tuple(change(word) for word in service.command),
        {key: change(value) for key, value in service.environment.items()},
        tuple(change(word) for word in service.health_check),
        service.after,
        service.replicas,
    )


def one_line(command: tuple[str, ...]) -> str:
    """Returns a command as it would be typed, on one line."""
    script = command[2] if command[:2] == SHELL else shlex.join(command)
    return " ".join(script.replace("\\\n", " ").split())
