"""The Meta adapter; `source.SOURCE` declares it."""
