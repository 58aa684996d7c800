"""HTTP: client, session, rate limits, redaction."""
