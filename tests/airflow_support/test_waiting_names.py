import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adsync.airflow_support.waiting_names import WaitingNames, kept

STATE = "/execution/task-instances/0190/state"
RETRY = """{"state":"up_for_retry","rendered_map_index":null,"retry_reason":"مهلة"}""".encode()
NAMELESS = """{"state":"up_for_retry","retry_reason":"مهلة"}""".encode()


async def said(method, path, content):
    """What the application behind it reads."""

    async def echo(request: Request) -> Response:
        return Response(await request.body())

    app = WaitingNames(Starlette(routes=[Route("/{path:path}", echo, methods=["PATCH", "POST"])]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
        return (await client.request(method, path, content=content)).content


async def in_pieces():
    yield RETRY[:40]
    yield RETRY[40:]


async def test_the_news_of_a_retry_takes_no_name_away_and_is_as_long_as_announced():
    assert (await said("PATCH", STATE, RETRY)).rstrip() == NAMELESS
    assert len(kept(RETRY)) == len(RETRY)


async def test_news_in_pieces_is_read_as_one():
    assert (await said("PATCH", STATE, in_pieces())).rstrip() == NAMELESS


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", STATE, RETRY),
        ("PATCH", "/api/v2/dags/retries", RETRY),
        ("PATCH", STATE, RETRY.replace(b"null", b'"Acme"')),
        ("PATCH", STATE, RETRY.replace(b"up_for_retry", b"failed")),
        ("PATCH", STATE, b'["up_for_retry"]'),
        ("PATCH", STATE, b"no JSON"),
        ("PATCH", STATE, b""),
    ],
)
async def test_whatever_else_is_said_passes_untouched(method, path, body):
    assert await said(method, path, body) == body
