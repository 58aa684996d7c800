"""Import paths that Airflow stores in its metadata database: runs created before an upgrade still need them."""

from importlib import import_module

import pytest
from airflow.sdk import RetryPolicy
from airflow.sdk.definitions.deadline import BaseDeadlineReference
from airflow.triggers.base import BaseTrigger


def resolved(path):
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


@pytest.mark.parametrize(
    ("path", "base"),
    [
        ("adsync.triggers.report.ReportTrigger", BaseTrigger),
        ("adsync.operators.deadline.QueuedNow", BaseDeadlineReference),
        ("adsync.operators.retry_policy.SyncRetryPolicy", RetryPolicy),
    ],
)
def test_a_stored_class_resolves(path, base):
    found = resolved(path)
    assert issubclass(found, base)
    assert f"{found.__module__}.{found.__qualname__}" == path


def test_the_stored_deadline_callback_resolves():
    callback = resolved("adsync.triggers.deadline.tell_admins")
    assert f"{callback.__module__}.{callback.__qualname__}" == "adsync.triggers.deadline.tell_admins"
