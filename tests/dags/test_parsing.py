import os
import socket

import pytest
from airflow.sdk import AssetOrTimeSchedule, CronDataIntervalTimetable
from airflow.serialization.serialized_objects import DagSerialization

from adsync import registry
from adsync.airflow_support import pools
from adsync.operators.retry_policy import SyncRetryPolicy

SYNCS = [f"sync_{source}" for source in registry.names()]


def test_there_is_one_sync_dag_per_source_and_three_shared_dags(dags):
    assert set(dags) == {"transform", "restate", "housekeeping", *SYNCS}


def test_parsing_needs_no_network_and_no_settings(monkeypatch, request):
    def refuse(*_):
        raise AssertionError("parsing a DAG file opened a connection")

    for name in [name for name in os.environ if name.startswith(("ADSYNC_", "AIRFLOW_CONN_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    request.getfixturevalue("dags")


def test_every_dag_can_be_serialized_for_the_scheduler(dags):
    for dag in dags.values():
        assert DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag)).dag_id == dag.dag_id


def test_every_task_has_the_sync_retry_policy_and_five_retries(dags):
    for dag in dags.values():
        assert isinstance(dag.default_args["retry_policy"], SyncRetryPolicy)
        for task in dag.tasks:
            kwargs = task.partial_kwargs if task.is_mapped else vars(task)
            assert isinstance(kwargs["retry_policy"], SyncRetryPolicy), task
            assert kwargs["retries"] == 5, task


def test_the_number_of_retries_is_a_setting(monkeypatch, request):
    monkeypatch.setenv("MAX_RETRY_ATTEMPTS", "2")
    dags = request.getfixturevalue("dags")
    assert {task.retries for dag in dags.values() for task in dag.tasks} == {2}


@pytest.mark.parametrize("dag_id", SYNCS)
def test_syncs_run_hourly_with_data_intervals(dags, dag_id):
    dag = dags[dag_id]
    assert dag.timetable == CronDataIntervalTimetable("0 * * * *", timezone="UTC")
    assert (dag.max_active_runs, dag.catchup) == (3, False)
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == {
        "plan": {"sync", "report"},
        "sync": {"report"},
        "report": set(),
    }


@pytest.mark.parametrize("source", registry.names())
def test_a_sync_has_its_raw_tables_as_outlet(dags, source):
    sync = dags[f"sync_{source}"].task_dict["sync"]
    assert [asset.name for asset in sync.partial_kwargs["outlets"]] == [f"raw_{source}"]


def test_transform_runs_after_any_sync_and_every_15_minutes_one_at_a_time(dags):
    dag = dags["transform"]
    assert isinstance(dag.timetable, AssetOrTimeSchedule)
    assert dag.timetable.timetable == CronDataIntervalTimetable("*/15 * * * *", timezone="UTC")
    assert {asset.name for asset in dag.timetable.asset_condition.objects} == {f"raw_{s}" for s in registry.names()}
    assert (dag.max_active_runs, dag.catchup) == (1, False)
    order = ["dbt_build", "check_consistency", "alerts", "refresh_cache", "complete"]
    assert [task.task_id for task in dag.topological_sort()] == order


def test_every_dag_has_a_deadline_and_those_of_syncs_name_the_source(dags):
    assert all(len(dag.deadline) == 1 for dag in dags.values())
    assert {dag.deadline[0].callback.kwargs["source"] for dag in dags.values()} == {None, *registry.names()}


def test_only_restate_can_be_backfilled(dags):
    allowed = {dag_id: dag.allowed_run_types for dag_id, dag in dags.items()}
    assert {dag_id for dag_id, types in allowed.items() if types is None or "backfill" in types} == {"restate"}


def test_transform_uses_the_pool_with_one_slot(dags):
    assert {task.pool for task in dags["transform"].tasks} == {pools.MARTS}
    assert pools.SLOTS == 1


def test_restate_has_one_group_per_source_between_scope_and_report(dags):
    dag = dags["restate"]
    assert dag.timetable == CronDataIntervalTimetable("0 0 * * *", timezone="UTC")
    assert (dag.max_active_runs, dag.catchup) == (1, False)
    assert set(dag.task_group.children) == {"scope", "report", *registry.names()}
    for source in registry.names():
        assert dag.task_dict[f"{source}.plan"].downstream_task_ids == {f"{source}.sync", "report"}
        assert dag.task_dict[f"{source}.sync"].downstream_task_ids == {"report"}


def test_transforms_form_asks_for_nodes_a_full_refresh_and_force(dags):
    params = {name: dags["transform"].params.get_param(name) for name in dags["transform"].params}
    assert {name: param.value for name, param in params.items()} == {
        "select": None,
        "full_refresh": False,
        "force": False,
    }
    assert all(param.schema["title"] and param.description for param in params.values())


def test_restates_parameters_have_titles_and_descriptions_for_the_form(dags):
    params = {name: dags["restate"].params.get_param(name) for name in dags["restate"].params}
    assert list(params) == ["since", "until", "sources", "workspaces"]
    assert all(param.schema["title"] and param.description for param in params.values())
    assert [params[name].schema["format"] for name in ("since", "until")] == ["date", "date"]
    assert params["sources"].schema["examples"] == list(registry.names())


def test_every_parameter_has_a_title_a_description_and_may_be_left_empty(dags):
    """The form marks a field as required unless its type includes null or is boolean."""
    params = {(name, key): dag.params.get_param(key) for name, dag in dags.items() for key in dag.params}
    assert {name for name, _ in params} == {"restate", "transform"}
    for param in params.values():
        assert param.schema["title"]
        assert param.description
        assert param.schema["type"] == "boolean" or "null" in param.schema["type"]


def test_assets_are_named_as_openlineage_names_tables(dags):
    assets = [asset for dag in dags.values() for task in dag.tasks for asset in outlets(task)]
    assert {asset.uri for asset in assets} == {
        *(f"postgres://adsync_warehouse:5432/adsync/raw/{name}_campaign_metrics" for name in registry.ad_platforms()),
        *(f"postgres://adsync_warehouse:5432/adsync/raw/{name}_orders" for name in registry.stores()),
        "postgres://adsync_warehouse:5432/adsync/marts/workspace_roas",
    }
    assert {asset.group for asset in assets} == {"raw", "marts"}


def outlets(task):
    return (task.partial_kwargs if task.is_mapped else vars(task)).get("outlets", [])


def test_every_dag_documents_what_to_do_when_a_task_is_red(dags):
    assert all("When a task is red" in dag.doc_md and dag.tags and dag.owner == "data-team" for dag in dags.values())
