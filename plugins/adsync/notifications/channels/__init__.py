"""Notification channels: log, Slack, webhook, e-mail."""
