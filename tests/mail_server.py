"""An SMTP server on 127.0.0.1, without TLS or with a self-signed certificate."""

from __future__ import annotations

import asyncio
import email
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HERE = "127.0.0.1"


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate; a client has to trust `file`."""

    file: Path
    context: ssl.SSLContext


@dataclass
class Mailbox:
    """What the server received: (sender, receivers, mail) in `taken`, and in `hidden` whether over TLS."""

    address: str = ""
    certificate: Certificate | None = None
    security: str = "none"
    taken: list[tuple[str, list[str], Message]] = field(default_factory=list)
    hidden: list[bool] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)


def certificate(folder: Path) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HERE)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HERE))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file, both = folder / "certificate.pem", folder / "both.pem"
    file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both.write_bytes(secret + file.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return Certificate(file, context)


@contextmanager
def serving(security: str = "none", known: Certificate | None = None) -> Iterator[Mailbox]:
    """Runs a server with TLS from the start (ssl), on request (starttls), or never (none)."""
    box, loop, ready, stop = (
        Mailbox(certificate=known, security=security),
        asyncio.new_event_loop(),
        threading.Event(),
        asyncio.Event(),
    )

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Session(box, reader, writer).run()
        except (OSError, asyncio.IncompleteReadError):
            # A client that does not trust the certificate disconnects.
            writer.transport.abort()

    async def serve() -> None:
        trust = known.context if known and security == "ssl" else None
        async with await asyncio.start_server(handle, HERE, 0, ssl=trust) as server:
            box.address = f"{HERE}:{server.sockets[0].getsockname()[1]}"
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


@dataclass
class _Session:
    """One connection."""

    box: Mailbox
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    sender: str = ""
    receivers: list[str] = field(default_factory=list)

    async def run(self) -> None:
        await self.send("220 sink")
        while line := (await self.reader.readline()).decode().strip():
            word = line.upper().split(":")[0].split()[0]
            if word == "QUIT":
                break
            if word == "STARTTLS" and self.box.certificate:
                await self.send("220 go ahead")
                await self.writer.start_tls(self.box.certificate.context)
                continue
            await self.send(await self.respond(word, line))
        await self.send("221 bye")
        self.writer.close()

    async def send(self, line: str) -> None:
        self.writer.write(f"{line}\r\n".encode())
        await self.writer.drain()

    async def respond(self, word: str, line: str) -> str:
        match word:
            case "EHLO":
                return "250-sink\r\n250-AUTH PLAIN\r\n250 " + ("STARTTLS" if self.box.security == "starttls" else "OK")
            case "AUTH":
                self.box.logins.append(line.rsplit(maxsplit=1)[-1])
                return "235 welcome"
            case "MAIL":
                self.sender = line
            case "RCPT":
                self.receivers.append(line)
                return "550 no such box" if "nobody" in line else "250 ok"
            case "DATA":
                await self.send("354 go")
                body = await self.reader.readuntil(b"\r\n.\r\n")
                self.box.taken.append((self.sender, self.receivers, email.message_from_bytes(body[:-5])))
                self.box.hidden.append(self.writer.get_extra_info("ssl_object") is not None)
        return "250 ok"
