"""docker-compose.yaml as data, as far as the dry run needs it; variables are filled in as compose does."""

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
    """One service that runs our image: what it runs, with which variables, after whom, and how it says it is well."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    check: tuple[str, ...]
    after: Mapping[str, str]
    replicas: int


def read(file: Path, variables: Mapping[str, str]) -> dict[str, Service]:
    """The services built from this checkout, in the file's order, all profiles on; DemoFailed for a variable unset."""
    document = yaml.safe_load(_filled(file.read_text(encoding="utf-8"), variables))
    return {name: _service(name, body) for name, body in document["services"].items() if "build" in body}


def _filled(text: str, variables: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        given = variables.get(found["name"], "")
        if not given and found["kind"] == "?":
            raise DemoFailed(f"docker-compose.yaml needs {found['name']}: {found['text']}")
        return given or (found["text"] if found["kind"] == "-" else "")

    # A comment may speak of a variable without asking for it.
    return "\n".join(line if line.lstrip().startswith("#") else VARIABLE.sub(value, line) for line in text.split("\n"))


def _service(name: str, body: Mapping[str, Any]) -> Service:
    return Service(
        name=name,
        command=tuple(body["command"]),
        environment={key: str(value) for key, value in body["environment"].items()},
        check=_check((body.get("healthcheck") or {}).get("test", ())),
        after={other: said["condition"] for other, said in body["depends_on"].items()},
        replicas=body.get("deploy", {}).get("replicas", 1),
    )


def _check(test: list[str]) -> tuple[str, ...]:
    """The program of a health check: compose says first whether a shell reads it."""
    if not test:
        return ()
    return ("sh", "-c", test[1]) if test[0] == "CMD-SHELL" else tuple(test[1:])


def moved(service: Service, change: Callable[[str], str]) -> Service:
    """The same service with every text changed: addresses and folders of containers become those of this machine."""
    return Service(
        service.name,
        tuple(change(word) for word in service.command),
        {key: change(value) for key, value in service.environment.items()},
        tuple(change(word) for word in service.check),
        service.after,
        service.replicas,
    )


def said(command: tuple[str, ...]) -> str:
    """A command as a person would type it, on one line."""
    script = command[2] if command[:2] == SHELL else shlex.join(command)
    return " ".join(script.replace("\\\n", " ").split())
