"""The dashboard: snapshots of the marts, their cache in Redis, and the Ads page."""
