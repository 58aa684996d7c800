"""Shopify's bulk operation: started by a mutation, polled, downloaded as JSON lines.

A result without rows has no URL. Each line is an order: the query has no connection below it, so no line has a parent.
The URL is signed and belongs to a storage service, which must not receive the token.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import msgspec

from adsync.api.client import ApiClient
from adsync.errors import (
    AdsyncError,
    ContractError,
    PermanentError,
    RateLimited,
    ReauthRequired,
    ReportLost,
    ReportRefused,
    TemporaryError,
)
from adsync.models import Account, Page, RejectedRecord
from adsync.ranges import TimeRange
from adsync.sources.common.decoding import decode
from adsync.sources.common.records import build_page
from adsync.sources.shopify.orders import SHAPE, Node, with_all_visits
from adsync.sources.shopify.queries import BULK_RUN, BULK_STATE, bulk_orders
from adsync.sources.shopify.search_filter import updated_within

HTTP_OK = 200
PAGE_SIZE = 250
BUSY = {"OPERATION_IN_PROGRESS", "LIMIT_REACHED"}
# Older API versions give no code.
BUSY_TEXT = re.compile(r"already (in progress|running)", re.IGNORECASE)
BUSY_SECONDS = 300
LOST = {"FAILED", "CANCELED", "EXPIRED"}


class UserError(msgspec.Struct):
    code: str | None = None
    message: str | None = None


class Operation(msgspec.Struct, rename="camel"):
    id: str
    status: str
    error_code: str | None = None
    object_count: str = "0"
    url: str | None = None


class Run(msgspec.Struct, rename="camel"):
    bulk_operation: Operation | None
    user_errors: Sequence[UserError]


class RunData(msgspec.Struct, rename="camel"):
    bulk_operation_run_query: Run


class RunAnswer(msgspec.Struct):
    data: RunData


class StateData(msgspec.Struct, rename="camel"):
    bulk_operation: Operation | None


class StateAnswer(msgspec.Struct):
    data: StateData


RUN_ANSWER = msgspec.json.Decoder(RunAnswer)
STATE_ANSWER = msgspec.json.Decoder(StateAnswer)
LINE = msgspec.json.Decoder()


async def start_bulk(client: ApiClient, _account: Account, time_range: TimeRange) -> str:
    """Starts an operation that reads the orders updated in the range; returns its id."""
    query = {"query": BULK_RUN, "variables": {"query": bulk_orders(updated_within(time_range))}}
    try:
        response = await client.post("graphql.json", query)
    except ReauthRequired as error:
        raise ReportRefused(f"{error}: the app may not run bulk operations") from error
    run = decode(response.body, RUN_ANSWER, "shopify bulk").data.bulk_operation_run_query
    if run.user_errors:
        raise _start_error(run.user_errors)
    if run.bulk_operation is None:
        raise ContractError("shopify bulk: the response has neither an operation nor an error")
    return run.bulk_operation.id


async def is_bulk_ready(client: ApiClient, _account: Account, operation_id: str) -> bool:
    """Polls once; ReportLost if the operation failed, even with a partial result."""
    operation = await _operation(client, operation_id)
    if operation.error_code == "ACCESS_DENIED":
        raise ReauthRequired(f"shopify bulk operation {operation_id} was denied: grant the app read_orders again")
    if operation.status in LOST:
        raise ReportLost(f"shopify bulk operation {operation_id} failed: {operation.status} {operation.error_code}")
    return operation.status == "COMPLETED"


async def download_bulk(client: ApiClient, account: Account, operation_id: str) -> AsyncIterator[Page]:
    """Yields all orders of a completed operation; TemporaryError if lines are missing."""
    operation = await _operation(client, operation_id)
    async for page in with_all_visits(client, account, _orders(client, operation), PAGE_SIZE):
        yield page


async def _orders(client: ApiClient, operation: Operation) -> AsyncIterator[list[Node | RejectedRecord]]:
    count, page = 0, []
    async for line in _lines(client, operation):
        count += 1
        page.append(_line(line))
        if len(page) == PAGE_SIZE:
            yield build_page(page, _order, SHAPE)
            page = []
    if count != int(operation.object_count):
        raise TemporaryError(
            f"shopify bulk operation {operation.id}: received {count} lines of {operation.object_count}; "
            "nothing was stored"
        )
    yield build_page(page, _order, SHAPE)


def _line(text: bytes) -> object:
    """Returns a decoded line; a line that is not JSON was cut, and one with a parent is of another query."""
    line = decode(text, LINE, "shopify bulk line")
    if isinstance(line, dict) and "__parentId" in line:
        raise ContractError(f"shopify bulk: unexpected parent {line['__parentId']} of a line")
    return line


def _order(line: object) -> Node:
    return msgspec.convert(line, Node)


async def _lines(client: ApiClient, operation: Operation) -> AsyncIterator[bytes]:
    """Yields the lines of the result, separated by line feeds only: texts may contain other Unicode line breaks."""
    if operation.url is None:
        return
    client.stats.calls += 1
    rest = b""
    try:
        async with client.http.stream("GET", operation.url) as response:
            if response.status_code != HTTP_OK:
                raise TemporaryError(
                    f"shopify bulk operation {operation.id}: the result returned HTTP {response.status_code}"
                )
            async for chunk in response.aiter_bytes():
                client.stats.received += len(chunk)
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    yield line
    except httpx.RequestError as error:
        # Not the error's text: it contains the signed URL.
        raise TemporaryError(
            f"lost connection to the result of shopify bulk operation {operation.id}: {type(error).__name__}"
        ) from error
    if rest:
        yield rest


async def _operation(client: ApiClient, operation_id: str) -> Operation:
    query: dict[str, Any] = {"query": BULK_STATE, "variables": {"id": operation_id}}
    response = await client.post("graphql.json", query, repeat=True)
    operation = decode(response.body, STATE_ANSWER, "shopify bulk").data.bulk_operation
    if operation is None:
        raise ReportLost(f"unknown shopify bulk operation {operation_id}")
    return operation


def _start_error(errors: Sequence[UserError]) -> AdsyncError:
    """Returns RateLimited if any of the errors is another operation in progress: it ends by itself."""
    said = "; ".join(
        f"{error.code}: {error.message}" if error.code else error.message or "no message" for error in errors
    )
    text = f"shopify rejected the bulk operation: {said}"
    is_busy = any(error.code in BUSY or BUSY_TEXT.search(error.message or "") for error in errors)
    return RateLimited(text, retry_after=BUSY_SECONDS) if is_busy else PermanentError(text)
