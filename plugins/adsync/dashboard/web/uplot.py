"""The chart library uPlot, downloaded with `npm pack` when the environment is made; it is not in the repository.

`python -m adsync.dashboard.web.uplot` downloads it unless it is installed. Without it the page draws plain lines. The
integrity of the package is pinned.
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
TIMEOUT_SECONDS = 120
CONSEQUENCE = "the Ads page draws plain lines; `make charts` retries"


class DownloadFailed(Exception):
    """The reason why the library was not installed."""


def is_installed(folder: Path = FOLDER) -> bool:
    return all((folder / name).is_file() for name in FILES)


def fetch(folder: Path = FOLDER) -> None:
    """Downloads the two files and the license into `folder`; on DownloadFailed nothing is written."""
    with tempfile.TemporaryDirectory() as folder_name:
        tarball = _pack(Path(folder_name))
        if f"sha512-{base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()}" != INTEGRITY:
            raise DownloadFailed(f"integrity of {PACKAGE} does not match the pinned one")
        with tarfile.open(tarball) as archive:
            contents = {name: _read(archive, f"package/dist/{name}") for name in FILES}
            contents["LICENSE"] = _read(archive, "package/LICENSE")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)


def _pack(folder: Path) -> Path:
    if shutil.which("npm") is None:
        raise DownloadFailed("npm is not installed")
    command = ["npm", "pack", PACKAGE, "--silent", "--ignore-scripts", "--pack-destination", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise DownloadFailed(f"npm could not download {PACKAGE}") from error
    [tarball] = folder.glob("*.tgz")
    return tarball


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    if member is None:
        raise DownloadFailed(f"{PACKAGE} does not contain {name}")
    return member.read()


def main() -> int:
    if is_installed():
        return 0
    try:
        fetch()
    except DownloadFailed as error:
        sys.stderr.write(f"chart library not installed: {error}; {CONSEQUENCE}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
