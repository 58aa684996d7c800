"""The sandbox's Shopify API."""
