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
    """An npm that packs a package of three small files, the only program of that name here."""
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


def test_the_two_files_and_the_licence_are_kept(tmp_path, packed, monkeypatch):
    digest = base64.b64encode(hashlib.sha512(packed).digest()).decode()
    monkeypatch.setattr(uplot, "INTEGRITY", f"sha512-{digest}")
    assert not uplot.present(tmp_path / "library")
    uplot.fetch(tmp_path / "library")
    assert uplot.present(tmp_path / "library")
    assert {file.name for file in (tmp_path / "library").iterdir()} == {*uplot.FILES, "LICENSE"}


@pytest.mark.usefixtures("packed")
def test_another_package_than_the_one_looked_at_is_not_kept(tmp_path):
    with pytest.raises(uplot.NoLibrary, match="is not the package that was looked at before: nothing was kept"):
        uplot.fetch(tmp_path / "library")
    assert not (tmp_path / "library").exists()


def test_without_npm_one_sentence_says_what_follows(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(uplot, "present", lambda: False)
    assert uplot.main() == 1
    said = capsys.readouterr().err
    assert (
        said == "No chart library, no npm on this machine: the Ads page draws plain lines; `make charts` tries again\n"
    )
