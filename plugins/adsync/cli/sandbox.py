"""`sandbox`: serves the simulated platform APIs; every argument is passed on."""

from __future__ import annotations

from importlib import import_module

import typer


def sandbox(context: typer.Context) -> None:
    """Serves the simulated platform APIs on 127.0.0.1."""
    # Loaded by name: the package must not import its own test double.
    raise typer.Exit(import_module("adsync_sandbox.server.serve").main(context.args))
