"""The health check of containers reads the body, not the status code."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from adsync.status import health


@contextmanager
def answering(body):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("component", "code"), [("metadatabase", 0), ("scheduler", 1), ("triggerer", 1), ("nonsense", 1), ("ok", 0)]
)
def test_a_component_can_be_unhealthy_although_the_status_is_200(component, code):
    body = {"metadatabase": {"status": "healthy"}, "scheduler": {"status": "unhealthy"}, "triggerer": None, "ok": True}
    with answering(json.dumps(body)) as url:
        assert health.main([component, "--url", url]) == code


def test_an_unhealthy_component_is_reported_in_one_line(capsys):
    with answering('{"scheduler": {"status": "unhealthy"}}') as url:
        health.main(["scheduler", "--url", url])
    assert capsys.readouterr().err == f"scheduler at {url}: unhealthy\n"


def test_an_unreachable_or_invalid_endpoint_is_unhealthy(capsys):
    with answering("<html>") as url:
        assert health.main(["scheduler", "--url", url]) == 1
    assert health.main(["scheduler", "--url", url]) == 1
    assert capsys.readouterr().err.count("unreachable") == 2
