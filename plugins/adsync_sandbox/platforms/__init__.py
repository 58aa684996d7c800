"""One package per platform API."""
