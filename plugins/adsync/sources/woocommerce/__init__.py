"""The WooCommerce adapter; `source.SOURCE` declares it."""
