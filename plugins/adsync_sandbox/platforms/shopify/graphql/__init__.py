"""The part of GraphQL and of the search syntax that the sandbox's Shopify API reads."""
