"""Alerts as episodes, and their way to a person. What an alert is, the marts decide."""
