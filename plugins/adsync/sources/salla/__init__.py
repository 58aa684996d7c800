"""The source for Salla, declared as `source.SOURCE`."""
