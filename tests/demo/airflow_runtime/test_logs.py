"""The last lines of a log as plain text."""

import json

from adsync_demo.airflow_runtime import logs


def test_the_last_lines_of_a_plain_log_are_shown_unchanged(tmp_path):
    log = tmp_path / "scheduler.log"
    log.write_text("\n".join(f"line {number}" for number in range(100)))
    assert logs.last_lines(log)[-1] == "line 99"
    assert len(logs.last_lines(log)) == logs.LAST_LINES


def test_a_task_log_shows_messages_and_exceptions(tmp_path):
    raised = {"exc_type": "ConfigError", "exc_value": "no such platform", "frames": ["many", "many"]}
    entries = [
        {"level": "info", "event": "::group::Execute"},
        {"level": "error", "event": "Task failed with exception", "error_detail": [raised]},
    ]
    log = tmp_path / "attempt=1.log"
    log.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    assert logs.last_lines(log) == ["error: Task failed with exception", "ConfigError: no such platform"]


def test_a_missing_log_file_is_reported(tmp_path):
    assert logs.last_lines(tmp_path / "none.log") == ["(the log file does not exist)"]


def test_json_other_than_a_log_entry_is_shown_unchanged(tmp_path):
    log = tmp_path / "odd.log"
    log.write_text('42\n{"other": 1}\n')
    assert logs.last_lines(log) == ["42", '{"other": 1}']
