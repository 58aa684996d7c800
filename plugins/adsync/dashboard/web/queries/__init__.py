"""The data of the Ads page: one module per view."""
