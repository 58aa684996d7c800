"""The platforms' APIs over one invented business whose every number is known beforehand.

Written from the platforms' fact sheets alone: it shares no code with the adapters, so that a misreading
shows as a disagreement and not as harmony.
"""
