"""Runs many dbt builds in one process: dbt is loaded and the project parsed once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dbt_process import folders, libpq

PROGRAM = """
import json, pickle, sys
from dbt.cli.main import dbtRunner
parsed = dbtRunner().invoke(["--quiet", "--warn-error", "parse", *sys.argv[1:]])
kept = pickle.dumps(parsed.result)
for line in sys.stdin:
    # A run leaves what it compiled in its manifest, where ephemeral models would be taken for done.
    builds = dbtRunner(manifest=pickle.loads(kept))
    done = builds.invoke([*json.loads(line), *sys.argv[1:]])
    print("done", done.success, flush=True)
"""
Build = Callable[..., None]


@contextmanager
def session(url: str, scratch: Path) -> Iterator[Build]:
    """Yields a function that runs one dbt command with "now" fixed, as `dbt_process.dbt` does; it must succeed."""
    command = [sys.executable, "-c", PROGRAM, *folders(scratch)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, env={**os.environ, **libpq(url)}, **pipes) as process:

        def build(*words: str, now: str) -> None:
            settings = json.dumps({"as_of": now, "adsync_overlap": "0 seconds"})
            process.stdin.write(json.dumps(["--warn-error", *words, "--vars", settings]) + "\n")
            process.stdin.flush()
            said = []
            for line in process.stdout:
                if line.startswith("done "):
                    assert line == "done True\n", "".join(said)
                    return
                said.append(line)
            raise AssertionError("".join(said))

        yield build
        process.stdin.close()
