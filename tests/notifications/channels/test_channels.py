"""Notification channels against an HTTP server and an SMTP server on 127.0.0.1."""

from __future__ import annotations

import base64
import email
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

import mail_server
from adsync.errors import ConfigError, TemporaryError
from adsync.models import Credentials
from adsync.notifications.channels.factory import open_channel
from adsync.notifications.message import Message

MESSAGE = Message("Action required: meta account رمضان", "Sync stopped: log in again", {"platform": "meta"})


@pytest.fixture
def hook():
    """Yields the URL of an HTTP server and the requests it received: (path, authorization, body)."""
    taken = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            taken.append((self.path, self.headers.get("authorization"), body))
            self.send_response(500 if "broken" in self.path else 200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", taken
    server.shutdown()
    thread.join()
    server.server_close()


def send(name, host, password="", login="", **extra):
    open_channel(name, lambda conn_id: Credentials(conn_id, host, login, password, extra))(MESSAGE)


def test_slack_receives_the_text(hook):
    base, taken = hook
    send("slack_ops", f"{base}/services", "T0/B0/xyz")
    assert taken == [("/services/T0/B0/xyz", None, {"text": MESSAGE.text})]


def test_a_webhook_receives_subject_text_and_facts(hook):
    base, taken = hook
    send("webhook_crm", f"{base}/in", "t0ken")
    body = {"subject": MESSAGE.subject, "text": MESSAGE.text, "facts": {"platform": "meta"}}
    assert taken == [("/in", "Bearer t0ken", body)]


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    return mail_server.certificate(tmp_path_factory.mktemp("certificate"))


TO = {"to": "a@x.example, b@x.example", "from": "adsync@x.example"}


@pytest.mark.parametrize("security", ["none", "starttls", "ssl"])
def test_a_mail_keeps_non_latin_text(monkeypatch, known, security):
    monkeypatch.setenv("SSL_CERT_FILE", str(known.file))
    with mail_server.serving(security, known) as box:
        send("email_owners", box.address, security=security, **TO)
    [(sender, receivers, mail)] = box.taken
    assert "adsync@x.example" in sender
    assert len(receivers) == 2
    assert str(email.header.make_header(email.header.decode_header(mail["subject"]))) == MESSAGE.subject
    assert mail.get_payload(decode=True).decode().strip() == MESSAGE.text
    assert box.hidden == [security != "none"]


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_credentials_are_sent_only_over_tls_with_a_trusted_certificate(monkeypatch, known, security):
    with mail_server.serving(security, known) as box:
        with pytest.raises(TemporaryError, match="SSLCertVerificationError"):
            send("email_x", box.address, "s3cret", "adsync@x.example", security=security, **TO)
        assert (box.logins, box.taken) == ([], [])
        monkeypatch.setenv("SSL_CERT_FILE", str(known.file))
        send("email_x", box.address, "s3cret", "adsync@x.example", security=security, **TO)
    assert base64.b64decode(box.logins[0]) == b"\0adsync@x.example\0s3cret"
    assert box.hidden == [True]


def test_nothing_is_sent_in_clear_text_to_a_server_without_starttls():
    with mail_server.serving() as box:
        with pytest.raises(TemporaryError, match="SMTPNotSupportedError"):
            send("email_x", box.address, "s3cret", **TO)
        assert (box.logins, box.taken) == ([], [])


def test_a_rejected_mail_is_a_temporary_error():
    with mail_server.serving() as box, pytest.raises(TemporaryError, match="channel email_x rejected the mail"):
        send("email_x", box.address, security="none", to="nobody@x.example", **{"from": "adsync@x.example"})


@pytest.mark.parametrize(
    ("name", "host", "extra", "error", "text"),
    [
        ("slack_ops", "http://127.0.0.1:1", {}, TemporaryError, "channel slack_ops is unreachable"),
        ("slack_ops", "hooks.slack.com", {}, ConfigError, "invalid host in connection slack_ops: use a full URL"),
        ("email_x", "127.0.0.1:1", {"to": "a", "from": "b"}, TemporaryError, "channel email_x rejected the mail"),
        ("email_x", "h", {"from": "b"}, ConfigError, "missing `to` or `from` in connection email_x: add both"),
        (
            "email_x",
            "h",
            {"to": "a", "from": "b", "security": "x"},
            ConfigError,
            r"invalid security in connection email_x: 'x' \(expected starttls, ssl, none\)",
        ),
        (
            "pigeon",
            "",
            {},
            ConfigError,
            "unknown channel 'pigeon': use `log` or a connection id starting with slack_, webhook_ or email_",
        ),
    ],
)
def test_a_channel_error_is_one_sentence(name, host, extra, error, text):
    with pytest.raises(error, match=text):
        send(name, host, "s3cret", **extra)


def test_the_url_of_a_slack_webhook_is_not_logged(hook, caplog):
    base, _ = hook
    caplog.set_level("DEBUG", logger="httpx")
    with pytest.raises(TemporaryError, match="channel slack_ops rejected the message: HTTP 500") as caught:
        send("slack_ops", f"{base}/broken", "s3cret")
    assert "s3cret" not in str(caught.value) + caplog.text


def test_the_log_needs_no_connection(caplog):
    open_channel("log", pytest.fail)(MESSAGE)
    assert caplog.messages == [MESSAGE.text]
