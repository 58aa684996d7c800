"""The TikTok adapter; `source.SOURCE` declares it."""
