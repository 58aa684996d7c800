"""Campaigns, their ad sets and ads, and what each campaign delivers a day."""
