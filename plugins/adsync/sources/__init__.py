"""One module per platform, each a declaration named SOURCE."""
