"""The sandbox's Meta API."""
