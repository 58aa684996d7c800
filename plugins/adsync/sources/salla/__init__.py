"""The Salla adapter; `source.SOURCE` declares it."""
