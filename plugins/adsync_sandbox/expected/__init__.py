"""The answer key: what adsync's marts must contain for the business, computed in plain Python.

It applies the contract to the generated orders and shares no code with the SQL or the adapters.
"""
