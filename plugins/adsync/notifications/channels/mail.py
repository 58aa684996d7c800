"""Sends messages by e-mail through the SMTP server of a connection."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from adsync.errors import ConfigError, TemporaryError
from adsync.models import Credentials
from adsync.notifications.message import Message

TIMEOUT = 10.0
PORTS = {"starttls": 587, "ssl": 465, "none": 25}


def to_email(connection: Credentials, message: Message) -> None:
    """Connection: host is server or server:port; extra has `to` (comma-separated), `from` and `security`.

    `security` is starttls (default), ssl or none. The server's certificate is verified; `SSL_CERT_FILE` adds a
    certificate that no public authority has signed.
    """
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = str(connection.extra.get("from") or connection.login)
    mail["To"] = str(connection.extra.get("to", ""))
    mail.set_content(message.text)
    if not (mail["From"] and mail["To"]):
        raise ConfigError(f"missing `to` or `from` in connection {connection.conn_id}: add both addresses to its extra")
    try:
        with _server(connection) as server:
            server.send_message(mail)
    except (smtplib.SMTPException, OSError) as error:
        raise TemporaryError(f"channel {connection.conn_id} rejected the mail ({type(error).__name__})") from error


def server_address(connection: Credentials) -> tuple[str, int, str]:
    """Returns host, port and security of the server; ConfigError if one of them is invalid."""
    security = str(connection.extra.get("security", "starttls"))
    if security not in PORTS:
        raise ConfigError(
            f"invalid security in connection {connection.conn_id}: {security!r} (expected {', '.join(PORTS)})"
        )
    host, _, port = connection.host.partition(":")
    if not host or not (port or "0").isdecimal():
        raise ConfigError(f"invalid host in connection {connection.conn_id}: expected a server, or server:port")
    return host, int(port or PORTS[security]), security


@contextmanager
def _server(connection: Credentials) -> Iterator[smtplib.SMTP]:
    host, port, security = server_address(connection)
    address = {"host": host, "port": port, "timeout": TIMEOUT}
    context = ssl.create_default_context()
    with smtplib.SMTP_SSL(**address, context=context) if security == "ssl" else smtplib.SMTP(**address) as server:
        if security == "starttls":
            server.starttls(context=context)
        if connection.password:
            server.login(connection.login, connection.password)
        yield server
