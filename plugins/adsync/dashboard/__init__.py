"""The figures a dashboard shows, read from the marts and kept in Redis."""
