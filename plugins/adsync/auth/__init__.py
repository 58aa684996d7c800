"""Access tokens: storage, refresh, encryption."""
