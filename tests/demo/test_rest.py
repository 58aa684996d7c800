"""What the demo makes of Airflow's answers."""

import httpx
import pytest

from adsync.demo import passing, processes, rest
from adsync.demo.failures import DemoFailed
from adsync.demo.passing import Pass
from adsync.demo.place import Place

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
def test_health_is_in_the_body_not_in_the_status(body, names):
    assert rest.unhealthy(client({"health": body})) == names


def test_a_server_that_does_not_answer_yet_is_what_is_missing():
    def refuse(request):
        raise httpx.ConnectError("refused", request=request)

    nobody = httpx.Client(base_url="http://airflow", transport=httpx.MockTransport(refuse))
    assert rest.unhealthy(nobody) == ["api-server"]


def test_a_file_that_does_not_load_is_named_with_the_end_of_its_traceback(tmp_path):
    error = {"filename": "sync.py", "stack_trace": "Traceback\n  line\nKeyError: 'x'\n"}
    going = Pass(client({"importErrors": {"import_errors": [error]}}), Place(tmp_path, tmp_path, {}), [])
    with pytest.raises(DemoFailed, match=r"could not load sync\.py: KeyError: 'x'"):
        passing.wait_until_loaded(going, ["sync_meta"], lambda _: None)


def test_a_failed_run_names_its_task_and_the_log_of_its_last_try(tmp_path):
    run = {"dag_id": "transform", "dag_run_id": "r1", "state": "failed", "end_date": None}
    task = {"task_id": "dbt_build", "map_index": -1, "try_number": 2}
    answers = {"taskInstances": {"task_instances": [task]}, "dagRuns": run, "r1": run}
    going = Pass(client(answers), Place(tmp_path, tmp_path, {}), [])
    with pytest.raises(DemoFailed, match="transform failed at dbt_build") as failure:
        passing.transform(going, lambda _: None)
    logs = tmp_path / "airflow" / "logs"
    assert failure.value.log == logs / "dag_id=transform" / "run_id=r1" / "task_id=dbt_build" / "attempt=2.log"


def test_a_failed_run_without_a_failed_task_points_at_the_scheduler(tmp_path):
    run = {"dag_id": "transform", "dag_run_id": "r1", "state": "failed", "end_date": "2026-11-22T10:00:00Z"}
    going = Pass(
        client({"taskInstances": {"task_instances": []}, "dagRuns": run, "r1": run}), Place(tmp_path, tmp_path, {}), []
    )
    with pytest.raises(DemoFailed) as failure:
        passing.transform(going, lambda _: None)
    assert failure.value.log == processes.log_file(tmp_path, "scheduler")
