"""The platforms' APIs over one generated business, whose every number is known beforehand.

It is written from the platforms' documentation and shares no code with the adapters, so a misreading shows as a
difference.
"""
