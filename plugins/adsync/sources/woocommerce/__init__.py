"""The source for WooCommerce, declared as `source.SOURCE`."""
