"""The sandbox's Salla API."""
