"""The sandbox's TikTok API."""
