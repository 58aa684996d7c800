"""Messages to people: outbox, admin notices, channels."""
