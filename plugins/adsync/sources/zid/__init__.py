"""The Zid adapter; `source.SOURCE` declares it."""
