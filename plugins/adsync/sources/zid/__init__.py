"""The source for Zid, declared as `source.SOURCE`."""
