"""Messages by e-mail, through the SMTP server of a connection."""

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


def to_mailbox(connection: Credentials, message: Message) -> None:
    """Host: server or server:port; extra: `to` (commas between several), `from`, `security` (starttls, ssl, none).

    The server's certificate is checked: `SSL_CERT_FILE` may name one that no authority signed.
    """
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = str(connection.extra.get("from") or connection.login)
    mail["To"] = str(connection.extra.get("to", ""))
    mail.set_content(message.text)
    if not (mail["From"] and mail["To"]):
        raise ConfigError(f"connection {connection.conn_id}: put the addresses `to` and `from` into its extra")
    try:
        with _server(connection) as server:
            server.send_message(mail)
    except (smtplib.SMTPException, OSError) as error:
        raise TemporaryError(f"channel {connection.conn_id} did not take the mail ({type(error).__name__})") from error


@contextmanager
def _server(connection: Credentials) -> Iterator[smtplib.SMTP]:
    security = str(connection.extra.get("security", "starttls"))
    if security not in PORTS:
        raise ConfigError(f"connection {connection.conn_id}: security is {security!r}: write {', '.join(PORTS)}")
    host, _, port = connection.host.partition(":")
    place = {"host": host, "port": int(port or PORTS[security]), "timeout": TIMEOUT}
    trust = ssl.create_default_context()
    with smtplib.SMTP_SSL(**place, context=trust) if security == "ssl" else smtplib.SMTP(**place) as server:
        if security == "starttls":
            server.starttls(context=trust)
        if connection.password:
            server.login(connection.login, connection.password)
        yield server
