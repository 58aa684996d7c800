"""docker-compose.yaml run as local processes, without a container engine."""
