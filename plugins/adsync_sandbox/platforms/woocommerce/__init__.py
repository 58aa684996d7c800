"""The sandbox's WooCommerce API."""
