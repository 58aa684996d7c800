"""Private files, free ports, locks."""

import socket

import pytest

from adsync_demo.services.files import HOST, MARKER, Busy, free_port, locked, make_state, write_private


def test_a_state_folder_is_marked_as_ours(tmp_path):
    state = make_state(tmp_path / "a" / "state")
    assert (state / MARKER).exists()


def test_a_private_file_is_private_and_replaced_whole(tmp_path):
    file = tmp_path / "secret"
    write_private(file, "a longer text")
    write_private(file, "short")
    assert file.read_text() == "short"
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_preferred_port_is_used_if_it_is_free():
    port = free_port()
    assert free_port(port) == port


def test_another_port_is_used_if_the_preferred_one_is_taken():
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) not in (port, 0)


def test_a_lock_has_one_holder_and_is_released_afterwards(tmp_path):
    with locked(tmp_path / "lock", wait=False), pytest.raises(Busy), locked(tmp_path / "lock", wait=False):
        pass
    with locked(tmp_path / "lock", wait=False):
        pass
