"""Generates the business: campaigns and their delivery, visits and orders.

Every random number is drawn from (seed, entity, day), never from one running sequence, so past days keep their
numbers when the clock moves on.
"""
