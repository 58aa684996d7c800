"""Where the invented business comes from: accounts, campaigns, delivery, visits and orders.

Everything is drawn from (seed, entity, day), never from a running sequence: yesterday's numbers stay
what they were when the clock moves on.
"""
