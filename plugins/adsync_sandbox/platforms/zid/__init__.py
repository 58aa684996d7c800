"""The sandbox's Zid API."""
