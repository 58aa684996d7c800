"""docker-compose.yaml run as local processes, without an engine."""
