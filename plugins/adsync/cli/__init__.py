"""One module per command: `add` describes its arguments, `run` does it."""
