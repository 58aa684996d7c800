"""The end of a log, as a person reads it."""

import json

from adsync_demo.airflow_home import logs


def test_the_last_lines_of_a_plain_log_are_shown_as_they_are(tmp_path):
    log = tmp_path / "scheduler.log"
    log.write_text("\n".join(f"line {number}" for number in range(100)))
    assert logs.last_lines(log)[-1] == "line 99"
    assert len(logs.last_lines(log)) == logs.LAST_LINES


def test_a_task_log_shows_messages_and_what_was_raised(tmp_path):
    raised = {"exc_type": "ConfigError", "exc_value": "no such platform", "frames": ["many", "many"]}
    entries = [
        {"level": "info", "event": "::group::Execute"},
        {"level": "error", "event": "Task failed with exception", "error_detail": [raised]},
    ]
    log = tmp_path / "attempt=1.log"
    log.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    assert logs.last_lines(log) == ["error: Task failed with exception", "ConfigError: no such platform"]


def test_a_log_that_was_never_written_is_said_to_be_so(tmp_path):
    assert logs.last_lines(tmp_path / "none.log") == ["(it was never written)"]


def test_json_that_is_no_log_entry_is_shown_as_it_is(tmp_path):
    log = tmp_path / "odd.log"
    log.write_text('42\n{"other": 1}\n')
    assert logs.last_lines(log) == ["42", '{"other": 1}']
