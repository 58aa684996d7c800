"""Runs the dbt tests on the newest dbt-core below the next major version: `make dbt-next`.

The newest packages, pre-releases included, are installed into build/dbt-next on top of `.venv`, which does not change.
DBT_NEXT names another requirement, or a file of exact versions, as CI does.
If the newest version is of the pinned minor version, nothing is run. Arguments replace the default tests.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "dbt-next"
# Every model is built, incremental runs and the target `dev` included; the remaining dbt tests ask about numbers.
TESTS = ("tests/dbt/test_project.py", "tests/dbt/test_manifest.py", "tests/dbt/test_stock.py")
# The project limits itself to the pinned minor version.
VARIABLES = {"DBT_VERSION_CHECK": "false", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}


def main(arguments: list[str]) -> int:
    python = create()
    pinned, newest = importlib.metadata.version("dbt-core"), version(python)
    if minor(newest) <= minor(pinned):
        sys.stdout.write(f"dbt-core {pinned} is pinned; no newer minor version is published (newest: {newest})\n")
        return 0
    sys.stdout.write(f"dbt-core {pinned} is pinned; testing {newest}\n")
    sys.stdout.flush()
    command = [python, "-m", "pytest", "-q", *(arguments or TESTS)]
    programs = os.pathsep.join([str(FOLDER / "bin"), str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, **VARIABLES, "PATH": programs, "PYTHONPATH": str(ROOT / "plugins")}
    return subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode


def create() -> str:
    """Returns the Python of an environment whose packages come first, those of this one after them."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    venv.create(FOLDER, symlinks=True)
    python = str(FOLDER / "bin" / "python")
    scheme = {"base": str(FOLDER), "platbase": str(FOLDER)}
    own = Path(sysconfig.get_path("purelib", vars=scheme))
    (own / "pinned.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    wanted = os.environ.get("DBT_NEXT", f"dbt-core>={'.'.join(map(str, minor()))},<{minor()[0] + 1}")
    # `dbt-core-experimental-parser` is excluded by pyproject.toml, which uv reads here.
    packages = (
        ["--no-deps", "-r", wanted] if wanted.endswith(".txt") else ["--prerelease", "allow", wanted, "dbt-postgres"]
    )
    uv = str(Path(sys.executable).parent / "uv")
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *packages], check=True, cwd=ROOT)
    return python


def version(python: str) -> str:
    program = "import importlib.metadata as m; print(m.version('dbt-core'))"
    return subprocess.run([python, "-c", program], check=True, capture_output=True, text=True).stdout.strip()


def minor(text: str = "") -> tuple[int, int]:
    """Returns major and minor number; of the pinned version without an argument."""
    found = re.match(r"(\d+)\.(\d+)", text or importlib.metadata.version("dbt-core"))
    assert found, text
    return int(found[1]), int(found[2])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
