"""Sync state, leases, runs and accounts in the warehouse."""
