"""Where the records of a page stand, platform by platform: lists that a fault may change in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator

Json = dict[str, object]
Rows = list[Json]


def lists_of(source: str, answer: object) -> list[Rows]:
    """Every list of records in an answer."""
    return [found for found in READERS[source](answer) if isinstance(found, list)]


def rows_of(source: str, answer: object) -> list[Json]:
    return [row for rows in lists_of(source, answer) for row in rows if isinstance(row, dict)]


def _at(answer: object, *path: str) -> object:
    for name in path:
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer


def _meta(answer: object) -> Iterator[object]:
    yield _at(answer, "data")


def _tiktok(answer: object) -> Iterator[object]:
    yield _at(answer, "data", "list")


def _snapchat(answer: object) -> Iterator[object]:
    for listed in ("campaigns", "adsquads", "ads"):
        yield _at(answer, listed)
    for item in _at(answer, "timeseries_stats") or ():
        stat = _at(item, "timeseries_stat")
        yield _at(stat, "timeseries")
        for part in _at(stat, "breakdown_stats", "campaign") or ():
            yield _at(part, "timeseries")


def _shopify(answer: object) -> Iterator[object]:
    yield _at(answer, "data", "orders", "nodes")


def _woocommerce(answer: object) -> Iterator[object]:
    yield answer


def _salla(answer: object) -> Iterator[object]:
    data = _at(answer, "data")
    yield [data] if isinstance(data, dict) else data


def _zid(answer: object) -> Iterator[object]:
    yield _at(answer, "orders")


READERS: dict[str, Callable[[object], Iterator[object]]] = {
    "meta": _meta,
    "tiktok": _tiktok,
    "snapchat": _snapchat,
    "shopify": _shopify,
    "woocommerce": _woocommerce,
    "salla": _salla,
    "zid": _zid,
}
