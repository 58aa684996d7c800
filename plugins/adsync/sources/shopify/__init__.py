"""The Shopify adapter; `source.SOURCE` declares it."""
