"""The answer key: what adsync's marts must say about the invented business, worked out in plain Python.

It reads orders as a person with the contract in hand would; it knows no SQL and no adapter.
"""
