"""Notifications: admin notices, the outbox that delivers messages, and the channels."""
