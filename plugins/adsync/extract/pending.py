"""One poll of a report that a platform still prepares, for whoever waits for it without holding the account."""

from __future__ import annotations

from adsync import registry
from adsync.errors import ConfigError
from adsync.extract.context import SyncEnvironment, open_client
from adsync.extract.results import PendingReport
from adsync.models import Account
from adsync.sources.base import AsyncReport, EntityStream


async def report_ready(environment: SyncEnvironment, report: PendingReport) -> bool:
    """Ask the platform once; raises what its answer stands for."""
    source = registry.load(report.platform)
    account = Account("", report.platform, report.account_id, report.conn_id)
    async with open_client(source, account, environment) as client:
        return await _report(report.platform).is_ready(client, account, report.report_id)


def _report(source: str) -> AsyncReport:
    for stream in registry.load(source).streams:
        if not isinstance(stream, EntityStream) and stream.report:
            return stream.report
    raise ConfigError(f"{source} has no asynchronous report to wait for")
