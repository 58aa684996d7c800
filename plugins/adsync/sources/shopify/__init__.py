"""The source for Shopify, declared as `source.SOURCE`."""
