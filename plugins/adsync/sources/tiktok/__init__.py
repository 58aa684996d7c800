"""The source for TikTok, declared as `source.SOURCE`."""
