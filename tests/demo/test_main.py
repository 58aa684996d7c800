import pytest

from adsync_demo.__main__ import main
from adsync_demo.services.files import locked


@pytest.mark.parametrize("command", ["run", "dry-run"])
def test_a_second_one_is_told_where_the_first_one_runs_and_how_to_end_it(command, tmp_path, capsys):
    with locked(tmp_path / "demo.lock", wait=False):
        assert main(["--state", str(tmp_path), command]) == 1
    assert capsys.readouterr().err.endswith(f"end it with `make stop ADSYNC_STATE={tmp_path}`.\n")
