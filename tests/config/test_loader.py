from __future__ import annotations

from pathlib import Path

import pytest

from adsync import registry
from adsync.config import loader
from adsync.errors import ConfigError

SOURCES = {name: registry.load(name) for name in registry.names()}


def read(file):
    return loader.read_workspaces(file, SOURCES)


def test_the_example_is_valid():
    setup = read(Path(__file__).resolve().parents[2] / "config" / "workspaces.example.yaml")
    assert [link.platform for link in setup.links] == ["meta", "tiktok", "shopify"]


def test_a_missing_file_names_the_example(tmp_path):
    file = tmp_path / "workspaces.yaml"
    with pytest.raises(ConfigError, match=rf"^{file} does not exist: copy config/workspaces.example.yaml"):
        read(file)


@pytest.mark.parametrize("text", ["workspaces: [", "a: b: c", "\tx: 1", "&a *a"])
def test_invalid_yaml_is_one_line(tmp_path, text):
    file = tmp_path / "workspaces.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=rf"^{file}: invalid YAML: ") as caught:
        read(file)
    assert "\n" not in str(caught.value)


def test_a_file_in_another_encoding_is_an_error(tmp_path):
    file = tmp_path / "workspaces.yaml"
    file.write_bytes(b"workspaces: \xff\xfe")
    with pytest.raises(ConfigError, match=r"^cannot read "):
        read(file)


def test_a_folder_is_an_error(tmp_path):
    with pytest.raises(ConfigError, match=r"^cannot read "):
        read(tmp_path)
