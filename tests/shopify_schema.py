"""Shopify's Admin schema for tests: taken with `npm pack` out of Shopify's own npm package, into the ignored build/.

`python tests/shopify_schema.py` fetches it unless it is there; the tests themselves never reach for the network.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

PACKAGE = "@shopify/dev-mcp@1.16.0"
MEMBER = "package/dist/data/admin_2026-10.json.gz"
SHA256 = "f3b522f264556925eada700e795e4a002a9cba83444ebcc6c0d724254a0c6593"
PLACE = Path(__file__).resolve().parents[1] / "build" / "shopify" / "admin_2026-10.json.gz"
SECONDS = 300


def introspection() -> dict[str, Any]:
    """The schema as an introspection answer; protected fields carry `isProtected`."""
    return json.loads(gzip.decompress(PLACE.read_bytes()))["data"]


def missing() -> str:
    """Why there is no schema here, in one line; empty when there is."""
    if PLACE.exists():
        return ""
    found = "there is none in build/" if shutil.which("npm") else "no npm on this machine"
    return f"Shopify's schema was not looked at, {found}: `make schema` takes it with npm"


def fetch() -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", PACKAGE, "--silent", "--ignore-scripts", "--pack-destination", folder],
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=SECONDS,
        )
        [tarball] = Path(folder).glob("*.tgz")
        with tarfile.open(tarball) as packed:
            content = packed.extractfile(MEMBER)
            text = content.read() if content else b""
    if hashlib.sha256(text).hexdigest() != SHA256:
        sys.exit(f"{PACKAGE} does not hold the {MEMBER} that was looked at before: nothing was kept")
    PLACE.parent.mkdir(parents=True, exist_ok=True)
    PLACE.write_bytes(text)


if __name__ == "__main__" and not PLACE.exists():
    fetch()
