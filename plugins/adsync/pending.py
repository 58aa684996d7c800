"""One poll of a report that a platform still prepares, for whoever waits for it without holding the account."""

from __future__ import annotations

from adsync import registry, transport
from adsync.errors import ConfigError
from adsync.sources.base import Account, Credentials, Report, Source


async def report_ready(source: str, credentials: Credentials, account_id: str, report_id: str) -> bool:
    known = registry.load(source)
    report = _report(known)
    account = Account(workspace_id="", platform=source, account_id=account_id, conn_id=credentials.conn_id)
    async with transport.connect(known, credentials, account_id) as client:
        return await report.ready(client, account, report_id)


def _report(source: Source) -> Report:
    for stream in source.streams:
        if stream.report:
            return stream.report
    raise ConfigError(f"{source.name} has no asynchronous report to wait for")
