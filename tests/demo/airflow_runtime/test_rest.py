"""The demo's reading of Airflow's REST answers."""

from datetime import UTC, datetime

import httpx
import pytest

from adsync_demo.airflow_runtime import dag_runs, rest
from adsync_demo.airflow_runtime.dag_runs import DagPass
from adsync_demo.failures import DemoFailed
from adsync_demo.paths import DemoPaths
from adsync_demo.services import processes

WELL = {name: {"status": "healthy"} for name in rest.COMPONENTS}


def client(answers):
    """An Airflow that gives these answers, by the end of the path."""

    def answer(request):
        return httpx.Response(200, json=next(body for end, body in answers.items() if request.url.path.endswith(end)))

    return httpx.Client(base_url="http://airflow", transport=httpx.MockTransport(answer))


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (WELL, []),
        (WELL | {"triggerer": {"status": None}}, ["triggerer"]),
        (WELL | {"dag_processor": None, "scheduler": {"status": "unhealthy"}}, ["scheduler", "dag_processor"]),
    ],
)
def test_health_is_read_from_the_body_and_not_from_the_status(body, names):
    assert rest.unhealthy(client({"health": body})) == names


def test_an_unreachable_server_is_reported_as_unhealthy():
    def refuse(request):
        raise httpx.ConnectError("refused", request=request)

    unreachable = httpx.Client(base_url="http://airflow", transport=httpx.MockTransport(refuse))
    assert rest.unhealthy(unreachable) == ["api-server"]


BEGAN = datetime(2026, 11, 22, tzinfo=UTC)


def wait_until_loaded(tmp_path, error_at, parsed_at):
    error = {"filename": "sync.py", "stack_trace": "Traceback\n  line\nKeyError: 'x'\n", "timestamp": error_at}
    dag = {"dag_id": "sync_meta", "last_parsed_time": parsed_at}
    answers = client({"importErrors": {"import_errors": [error]}, "dags": {"dags": [dag]}})
    going = DagPass(answers, DemoPaths(tmp_path, tmp_path, {}), [])
    dag_runs.wait_until_loaded(going, ["sync_meta"], BEGAN, lambda _: None)


def test_a_file_that_fails_to_load_is_reported_with_the_last_line_of_its_traceback(tmp_path):
    with pytest.raises(DemoFailed, match=r"could not load sync\.py: KeyError: 'x'"):
        wait_until_loaded(tmp_path, error_at="2026-11-22T00:00:01Z", parsed_at="2026-11-21T00:00:00Z")


def test_import_errors_of_earlier_days_are_ignored(tmp_path):
    wait_until_loaded(tmp_path, error_at="2026-11-21T00:00:01Z", parsed_at="2026-11-22T00:00:02Z")


def test_waits_until_a_known_dag_is_parsed_again(tmp_path, monkeypatch):
    monkeypatch.setattr(dag_runs, "LOADED_TIMEOUT", 0.0)
    with pytest.raises(DemoFailed, match="still waiting after 0 s: sync_meta"):
        wait_until_loaded(tmp_path, error_at="2026-11-21T00:00:01Z", parsed_at="2026-11-21T00:00:00Z")


NEXT_YEAR = "2099-01-01T00:00:00Z"


def going(tmp_path, runs, tasks):
    """A pass over an Airflow that knows these runs of one DAG, and these failed tasks."""

    def answer(request):
        path, query = request.url.path, request.url.params
        if path.endswith("taskInstances"):
            return httpx.Response(200, json={"task_instances": tasks if query["state"] == "failed" else []})
        if path.endswith("dagRuns"):
            wanted = query.get_list("state")
            found = [run for run in runs if not wanted or run["state"] in wanted]
            if request.method == "POST":
                runs.append(run_of("success", "ours"))
            return httpx.Response(200, json={"dag_runs": found})
        return httpx.Response(200, json={"next_dagrun_run_after": NEXT_YEAR})

    client = httpx.Client(base_url="http://airflow", transport=httpx.MockTransport(answer))
    return DagPass(client, DemoPaths(tmp_path, tmp_path, {}), [])


def run_of(state, run_id="r1"):
    return {"dag_id": "transform", "dag_run_id": run_id, "state": state}


def run_once(going):
    dag_runs.run_once(going, ["transform"], BEGAN, lambda _: None)


def test_a_failed_run_names_its_task_and_the_log_of_its_last_try(tmp_path):
    task = {"task_id": "dbt_build", "map_index": -1, "try_number": 2}
    with pytest.raises(DemoFailed, match="transform failed at dbt_build") as failure:
        run_once(going(tmp_path, [run_of("failed")], [task]))
    logs = tmp_path / "airflow" / "logs"
    assert failure.value.log == logs / "dag_id=transform" / "run_id=r1" / "task_id=dbt_build" / "attempt=2.log"


def test_a_failed_run_without_a_failed_task_names_the_schedulers_log(tmp_path):
    with pytest.raises(DemoFailed, match="transform failed") as failure:
        run_once(going(tmp_path, [run_of("failed")], []))
    assert failure.value.log == processes.log_file(tmp_path, "scheduler")


def test_a_dag_with_a_scheduled_run_is_not_triggered(tmp_path):
    runs = [run_of("success")]
    run_once(going(tmp_path, runs, []))
    assert len(runs) == 1


def test_a_dag_that_is_not_due_is_triggered(tmp_path):
    runs = []
    run_once(going(tmp_path, runs, []))
    assert [run["dag_run_id"] for run in runs] == ["ours"]
