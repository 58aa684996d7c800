"""The source for Snapchat, declared as `source.SOURCE`."""
