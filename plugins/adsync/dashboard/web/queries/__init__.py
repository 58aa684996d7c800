"""One module per view of the Ads page."""
