"""The chart library uPlot: taken with `npm pack` when the environment is made, never part of the repository.

`python -m adsync.dashboard.web.uplot` takes it, unless it is there; without npm it says so and the page draws plain
lines of its own. Only the very package that was looked at is taken: its integrity is pinned.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "uplot@1.6.32"
INTEGRITY = "sha512-KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw=="
FILES = ("uPlot.iife.min.js", "uPlot.min.css")
FOLDER = Path(__file__).with_name("library")
SECONDS = 120
PLAIN = "the Ads page draws plain lines; `make charts` tries again"


class NoLibrary(Exception):
    """Why it could not be taken."""


def present(folder: Path = FOLDER) -> bool:
    return all((folder / name).is_file() for name in FILES)


def fetch(folder: Path = FOLDER) -> None:
    """Put the two files and the licence into `folder`; NoLibrary, with nothing kept, when that cannot be."""
    with tempfile.TemporaryDirectory() as place:
        packed = _packed(Path(place))
        if f"sha512-{base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()}" != INTEGRITY:
            raise NoLibrary(f"{PACKAGE} is not the package that was looked at before: nothing was kept")
        with tarfile.open(packed) as archive:
            contents = {name: _read(archive, f"package/dist/{name}") for name in FILES}
            contents["LICENSE"] = _read(archive, "package/LICENSE")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)


def _packed(place: Path) -> Path:
    if shutil.which("npm") is None:
        raise NoLibrary("no npm on this machine")
    command = ["npm", "pack", PACKAGE, "--silent", "--ignore-scripts", "--pack-destination", str(place)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise NoLibrary(f"npm could not take {PACKAGE}") from error
    [tarball] = place.glob("*.tgz")
    return tarball


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    if member is None:
        raise NoLibrary(f"{PACKAGE} holds no {name}")
    return member.read()


def main() -> int:
    if present():
        return 0
    try:
        fetch()
    except NoLibrary as error:
        sys.stderr.write(f"No chart library, {error}: {PLAIN}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
