"""A Meta API that answers from memory as fast as a socket allows: `python local_meta.py CAMPAIGNS`.

Prints its port. Serves the account, empty lists of campaigns, ad sets and ads, and insights pages of about 2 kB a row.
Any other path is answered with 404. Stops when its standard input is closed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

ACTIONS = (
    "link_click", "omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase", "add_to_cart", "lead",
    "view_content", "post_engagement", "page_engagement", "video_view", "landing_page_view", "search",
)  # fmt: skip
SPEND = "214.87"
MAX_CACHED_PAGES = 1000  # of 1 MB each
EMPTY_LISTS = ("/campaigns", "/adsets", "/ads")


def template() -> str:
    """Returns one insights row of about 2 kB, with placeholders for campaign and day."""
    counts = [{"action_type": name, "value": "12", "1d_click": "7", "7d_click": "10"} for name in ACTIONS]
    values = [{"action_type": name, "value": "731.25", "1d_click": "500.10", "7d_click": "700.20"} for name in ACTIONS]
    row = {
        "account_id": "1",
        "account_currency": "SAR",
        "campaign_id": "12021%(campaign)010d",
        "campaign_name": "حملة الرياض – نوفمبر | Prospecting %(campaign)d",
        "impressions": "18342",
        "clicks": "611",
        "inline_link_clicks": "402",
        "spend": SPEND,
        "ctr": "3.331152",
        "cpc": "0.351669",
        "cpm": "11.714644",
        "actions": counts,
        "action_values": values,
        "date_start": "%(day)s",
        "date_stop": "%(day)s",
    }
    return json.dumps(row, ensure_ascii=False)


ROW = template()


def insights(campaigns: int, query: dict[str, list[str]]) -> bytes:
    span = json.loads(query["time_range"][0])
    first = date.fromisoformat(span["since"])
    days = (date.fromisoformat(span["until"]) - first).days + 1
    if query["level"] == ["account"]:
        return account_days(campaigns, first, days)
    start, size = int(query.get("after", ["0"])[0]), int(query["limit"][0])
    end = min(start + size, campaigns * days)
    rows = ",".join(
        ROW % {"campaign": number % campaigns, "day": first + timedelta(days=number // campaigns)}
        for number in range(start, end)
    )
    more = ',"next":"somewhere"' if end < campaigns * days else ""
    return f'{{"data":[{rows}],"paging":{{"cursors":{{"after":"{end}"}}{more}}}}}'.encode()


def account_days(campaigns: int, first: date, days: int) -> bytes:
    """Returns the account's own spend by day."""
    spend = str(campaigns * Decimal(SPEND))
    rows = [{"spend": spend, "date_start": str(first + timedelta(days=number))} for number in range(days)]
    return json.dumps({"data": rows}).encode()


def body(campaigns: int, target: str, cache: dict[str, bytes]) -> bytes | None:
    """Returns the response to one request, None for an unknown path; a page is rendered once."""
    parts = urlsplit(target)
    if parts.path.endswith(EMPTY_LISTS):
        return b'{"data":[]}'
    if parts.path.endswith("/insights"):
        page = cache.get(parts.query) or insights(campaigns, parse_qs(parts.query))
        if len(cache) < MAX_CACHED_PAGES:
            cache[parts.query] = page
        return page
    account = parts.path.rpartition("/act_")[2]
    if account.isdecimal():
        return f'{{"account_id":"{account}","name":"A","currency":"SAR","timezone_name":"Asia/Riyadh"}}'.encode()
    return None


def response(content: bytes | None) -> bytes:
    """Returns the whole HTTP message."""
    status, content = (b"404 Not Found", b"{}") if content is None else (b"200 OK", content)
    head = b"HTTP/1.1 %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return head % (status, len(content)) + content


async def serve(campaigns: int) -> None:
    cache: dict[str, bytes] = {}

    async def answer_requests(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            writer.write(response(body(campaigns, head.split(b" ", 2)[1].decode(), cache)))
            await writer.drain()

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer_requests(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(connection, "127.0.0.1", 0, limit=1 << 20)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    try:
        asyncio.run(serve(int(sys.argv[1])))
    except KeyboardInterrupt:
        sys.exit(0)
