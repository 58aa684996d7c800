"""Ways to reach a person: the log, Slack, e-mail, or any address that takes JSON."""
