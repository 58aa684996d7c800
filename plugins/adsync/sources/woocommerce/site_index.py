"""A WooCommerce site: its URL, its authentication, and its own record.

WordPress may be installed below a path; with plain permalinks the route is a parameter of its front page. A site may
close REST to visitors: its index, which ignores keys, is then replaced by what its orders say.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import suppress
from datetime import UTC, datetime

import httpx
import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ConfigError, ContractError, PermanentError
from adsync.models import Account, AccountInfo, ApiResponse, Credentials, Page, RawJson, Record, Token
from adsync.sources.common.decoding import decode

USER_AGENT = "adsync (reads orders for reports)"
# A site may rename it.
REST_PREFIX = "wp-json"
# WooCommerce looks at keys only if the address contains `wp-json/wc/`.
FRONT_PAGE = "index.php/wp-json/wc/"
HOUR = 3600
INDEX_FIELDS = "name,url,timezone_string,gmt_offset"


# Of Kiribati.
MAX_OFFSET = 14


class Index(msgspec.Struct):
    name: str
    url: str
    gmt_offset: float | str
    timezone_string: str = ""


class Currency(msgspec.Struct):
    code: str


class StoreRow(msgspec.Struct):
    name: str
    url: str
    timezone_string: str
    gmt_offset: float
    currency: str


class Created(msgspec.Struct):
    date_created: str | None
    date_created_gmt: str | None


INDEX = msgspec.json.Decoder(Index)
CREATED = msgspec.json.Decoder(list[Created])
CURRENCY = msgspec.json.Decoder(Currency)
STORE = msgspec.json.Decoder(StoreRow)


class QueryKey(httpx.Auth):
    """Sends the key as parameters, for hosts that strip the Authorization header; it then appears in the host's log."""

    def __init__(self, key: str, secret: str, agent: str) -> None:
        self.params = {"consumer_key": key, "consumer_secret": secret}
        self.agent = agent

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["User-Agent"] = self.agent
        request.url = request.url.copy_merge_params(self.params)
        yield request


class StoreKey(httpx.Auth):
    """Sends HTTP Basic and a User-Agent of its own: firewalls block those of libraries."""

    def __init__(self, key: str, secret: str, agent: str) -> None:
        self.basic = httpx.BasicAuth(key, secret)
        self.agent = agent

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["User-Agent"] = self.agent
        yield from self.basic.auth_flow(request)


def auth(credentials: Credentials, token: Token) -> httpx.Auth:
    if not credentials.login or not token.access:
        raise ConfigError(
            f"missing key in connection {credentials.conn_id} (expected the consumer key, ck_..., as login, "
            "its secret as password)"
        )
    agent = str(credentials.extra.get("user_agent", USER_AGENT))
    if not _has_flag(credentials, "query_keys"):
        return StoreKey(credentials.login, token.access, agent)
    if credentials.host.strip().startswith("http://"):
        raise ConfigError(f"invalid host in connection {credentials.conn_id}: `query_keys` requires https://")
    return QueryKey(credentials.login, token.access, agent)


def base_url(credentials: Credentials, account_id: str) -> str:
    """Returns the site with its path; plain http would expose the key and is allowed for internal hosts only."""
    site = (credentials.host.strip() or f"https://{account_id}").rstrip("/")
    if site.startswith("http://") and "." in (host := httpx.URL(site).host) and not host.startswith("127."):
        raise ConfigError(
            f"invalid host in connection {credentials.conn_id}: WooCommerce accepts keys only over https "
            "(use the site's URL with https://)"
        )
    return f"{site}/"


async def get(client: ApiClient, route: str, params: Mapping[str, str]) -> ApiResponse:
    if _has_flag(client.credentials, "rest_route"):
        return await client.get(FRONT_PAGE, {"rest_route": f"/{route}", **params})
    prefix = str(client.credentials.extra.get("rest_prefix") or REST_PREFIX).strip("/")
    return await client.get(f"{prefix}/{route}", params)


def _has_flag(credentials: Credentials, name: str) -> bool:
    return str(credentials.extra.get(name, "")).casefold() == "true"


async def stores(client: ApiClient, account: Account) -> AsyncIterator[Page]:
    """Yields the site's record: name and time zone from its index, the currency from WooCommerce."""
    try:
        response = await get(client, "", {"_fields": INDEX_FIELDS})
        index = decode(response.body, INDEX, "woocommerce index")
    except PermanentError as error:
        index = await _index_by_orders(client, account, error)
    response = await get(client, "wc/v3/data/currencies/current", {"_fields": "code"})
    currency = decode(response.body, CURRENCY, "woocommerce currency").code
    row = StoreRow(index.name, index.url, index.timezone_string, _offset(index), currency)
    yield [Record(account.account_id, None, msgspec.json.encode(row))]


def _offset(index: Index) -> float:
    with suppress(ValueError):
        if abs(hours := float(index.gmt_offset)) <= MAX_OFFSET:
            return hours
    raise ContractError(f"woocommerce index: invalid gmt_offset {index.gmt_offset!r}")


async def _index_by_orders(client: ApiClient, account: Account, error: PermanentError) -> Index:
    """Returns the site without its index: the zone known so far, unless the newest order has another offset."""
    if isinstance(error, ContractError):
        raise error
    params = {"per_page": "1", "_fields": "date_created,date_created_gmt"}
    newest = decode((await get(client, "wc/v3/orders", params)).body, CREATED, "woocommerce orders")
    url = str(client.http.base_url)
    for local, gmt in ((order.date_created, order.date_created_gmt) for order in newest):
        with suppress(ValueError, TypeError):
            created, offset = _instant(gmt), datetime.fromisoformat(local) - datetime.fromisoformat(gmt)
            if created.astimezone(account.zone).utcoffset() != offset:
                return Index(account.account_id, url, offset.total_seconds() / HOUR)
    return Index(account.account_id, url, 0, account.timezone)


def _instant(clock: str) -> datetime:
    return datetime.fromisoformat(clock).replace(tzinfo=UTC)


def account_info(payload: RawJson) -> AccountInfo:
    row = decode(payload, STORE, "woocommerce store")
    return AccountInfo(row.name, row.currency, row.timezone_string or _fixed_zone(row))


def _fixed_zone(row: StoreRow) -> str:
    """Returns the zone of a site that is set to an offset; such names have the POSIX sign and whole hours."""
    hours = int(row.gmt_offset)
    if hours != row.gmt_offset:
        raise ConfigError(
            f"invalid time zone UTC{row.gmt_offset:+} of {row.url}: choose a city as its time zone in WordPress"
        )
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"
