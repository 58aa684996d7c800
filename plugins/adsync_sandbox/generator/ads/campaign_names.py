"""The names of campaigns: a template per slot, with the workspace's city and the number of the flight.

Within a workspace a name is unique after normalization, except for names that accounts share on purpose.
"""

# Dashes are what real names are full of.
# ruff: noqa: RUF001

from __future__ import annotations

from adsync_sandbox.generator.accounts import AdAccount, workspace

STANDING = 8
ROTATING = 3
# Of accounts without templates of their own.
STANDING_NAME, FLIGHT_NAME = "{en} {slot:02d} – {place}", "{en} Flight {n} – {place}.{slot:02d}"
EXTRA_NAME = "{en} Range {slot:03d} – {place}"


def campaign_name(account: AdAccount, slot: int, number: int) -> str:
    """Returns the name of a slot's campaign. Slots from STANDING on hold a sequence of numbered flights."""
    if slot in account.shared_names:
        return account.shared_names[slot]
    owner = workspace(account.workspace_id)
    template = _template(account, slot)
    return template.format(en=owner.city, ar=owner.city_in_arabic, n=number, slot=slot, place=account.place)


def _template(account: AdAccount, slot: int) -> str:
    if slot < STANDING:
        return account.standing_names[slot] if account.standing_names else STANDING_NAME
    if slot < STANDING + ROTATING:
        return account.flight_names[slot - STANDING] if account.flight_names else FLIGHT_NAME
    return EXTRA_NAME
