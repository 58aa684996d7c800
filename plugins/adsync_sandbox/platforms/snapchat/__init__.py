"""The sandbox's Snapchat API."""
