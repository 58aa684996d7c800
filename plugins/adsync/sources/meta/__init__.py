"""The source for Meta, declared as `source.SOURCE`."""
