"""The Snapchat adapter; `source.SOURCE` declares it."""
