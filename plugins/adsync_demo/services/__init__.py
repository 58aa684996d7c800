"""PostgreSQL, Redis and the sandbox as local processes."""
