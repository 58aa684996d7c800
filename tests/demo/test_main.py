import pytest

from adsync_demo.__main__ import main
from adsync_demo.services.files import locked


@pytest.mark.parametrize("command", ["run", "dry-run"])
def test_a_second_run_fails_with_the_state_folder_and_the_stop_command(command, tmp_path, capsys):
    with locked(tmp_path / "demo.lock", wait=False):
        assert main(["--state", str(tmp_path), command]) == 1
    assert capsys.readouterr().err.endswith(f"or run `make stop ADSYNC_STATE={tmp_path}`\n")
