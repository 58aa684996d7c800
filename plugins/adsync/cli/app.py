"""The command line application: commands, exit codes and how errors are shown.

Exit codes: 0 success; 1 temporary failure, retry later; 2 configuration or credential error, or invalid usage. An
error is one sentence on standard error. Only the module of the requested command is imported: a start takes half as
long.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.main import get_command

from adsync.errors import AdsyncError, PermanentError

OK, TEMPORARY_FAILURE, CONFIGURATION_ERROR = 0, 1, 2
ABOUT = """Loads ad metrics and store orders into PostgreSQL and attributes orders to campaigns.

Exit codes: 0 success; 1 temporary failure, retry later; 2 configuration or credential error.
"""


class Group(NamedTuple):
    """A word with sub-commands: its description, and the function of each sub-command in the module of the word."""

    description: str
    functions: Mapping[str, str]


# A word is also the name of its module in this package; without a group it is the name of the function as well.
COMMANDS: Mapping[str, Group | None] = {
    "config": Group("Validates the configuration.", {"check": "check"}),
    "accounts": Group("Imports workspaces and accounts.", {"import": "import_file"}),
    "clicks": Group("Loads click logs.", {"load": "load"}),
    "alerts": Group("Evaluates alert rules.", {"backtest": "backtest"}),
    "sync": None,
    "plan": None,
    "status": None,
    "explain": None,
    "sandbox": None,
}
# The sandbox parses its own arguments, --help included.
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "sandbox": {
        "context_settings": {"allow_extra_args": True, "ignore_unknown_options": True},
        "add_help_option": False,
    }
}


def main(arguments: list[str]) -> int:
    """Runs one command and returns its exit code."""
    words = [word for word in arguments[:1] if word in COMMANDS]
    try:
        get_command(create_app(words or COMMANDS)).main(arguments, prog_name="adsync")
    except AdsyncError as error:
        sys.stderr.write(f"adsync: {error}\n")
        return CONFIGURATION_ERROR if isinstance(error, PermanentError) else TEMPORARY_FAILURE
    except SystemExit as end:
        return int(end.code or OK)
    return OK


def create_app(words: Collection[str] = COMMANDS) -> typer.Typer:
    """Returns the application with these commands."""
    app = _group(ABOUT)
    # One command alone would become the application itself.
    app.callback()(_nothing)
    for word in words:
        module = import_module(f"{__package__}.{word}")
        if group := COMMANDS[word]:
            functions = {name: getattr(module, function) for name, function in group.functions.items()}
            app.add_typer(_group(group.description, functions), name=word)
        else:
            app.command(word, **SETTINGS.get(word, {}))(getattr(module, word))
    return app


def _nothing() -> None:
    """The application has no options of its own."""


def _group(description: str, functions: Mapping[str, Callable[..., None]] | None = None) -> typer.Typer:
    group = typer.Typer(
        help=description,
        add_completion=False,
        no_args_is_help=True,
        # Plain text: boxes and colors are hard to read in logs and pipes.
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    for name, function in (functions or {}).items():
        group.command(name)(function)
    return group
