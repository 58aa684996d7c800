from __future__ import annotations

import base64
import hashlib
import io
import tarfile

import pytest

from adsync.dashboard.web import uplot

NPM = '#!/bin/sh\nfor last; do :; done\ncp "{packed}" "$last/uplot.tgz"\n'


@pytest.fixture
def packed(tmp_path, monkeypatch) -> bytes:
    """Puts an npm on the path that packs three small files, and returns the package."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name in ("dist/uPlot.iife.min.js", "dist/uPlot.min.css", "LICENSE"):
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(name)
            archive.addfile(entry, io.BytesIO(name.encode()))
    (tmp_path / "uplot.tgz").write_bytes(content.getvalue())
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "npm").write_text(NPM.format(packed=tmp_path / "uplot.tgz"))
    (programs / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return content.getvalue()


def test_the_two_files_and_the_license_are_installed(tmp_path, packed, monkeypatch):
    digest = base64.b64encode(hashlib.sha512(packed).digest()).decode()
    monkeypatch.setattr(uplot, "INTEGRITY", f"sha512-{digest}")
    assert not uplot.is_installed(tmp_path / "library")
    uplot.fetch(tmp_path / "library")
    assert uplot.is_installed(tmp_path / "library")
    assert {file.name for file in (tmp_path / "library").iterdir()} == {*uplot.FILES, "LICENSE"}


@pytest.mark.usefixtures("packed")
def test_a_package_with_another_integrity_is_not_installed(tmp_path):
    with pytest.raises(uplot.DownloadFailed, match=r"integrity of uplot@.* does not match the pinned one"):
        uplot.fetch(tmp_path / "library")
    assert not (tmp_path / "library").exists()


def test_a_missing_npm_is_reported_with_its_consequence(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(uplot, "is_installed", lambda: False)
    assert uplot.main() == 1
    assert capsys.readouterr().err == (
        "chart library not installed: npm is not installed; the Ads page draws plain lines; `make charts` retries\n"
    )
