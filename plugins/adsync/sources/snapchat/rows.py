"""One campaign's day as it is stored: micros and times stay as they arrived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec

from adsync.models import Record
from adsync.sources.common.decoding import day, decode, decode_or_none, finite

METRICS = ("impressions", "swipes", "spend", "conversion_purchases", "conversion_purchases_value")


class Spend(msgspec.Struct):
    spend: Decimal = Decimal(0)


SPEND = msgspec.json.Decoder(Spend)
STATS = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Day(msgspec.Struct):
    start_time: str
    stats: msgspec.Raw
    end_time: str | None = None

    @property
    def has_stats(self) -> bool:
        return bool(decode(self.stats, STATS, "snapchat stats"))

    @property
    def spend(self) -> Decimal:
        """The spend in micros; 0 if the key is missing or unreadable: the account's total holds the difference."""
        found = decode_or_none(self.stats, SPEND)
        return finite(found.spend) if found else Decimal(0)

    @property
    def date(self) -> date:
        """The day as written, in the ad account's time zone; a conversion to UTC would shift it."""
        return day(self.start_time, "snapchat start_time")


def record(
    campaign_id: str, of: Day, finalized: str | None = None, processed: str | None = None, *, name: str = ""
) -> Record:
    """Returns the record of a day. Stats contain no campaign name; `name` is for spend without a campaign."""
    payload: Mapping[str, object] = {
        "campaign_id": campaign_id,
        "start_time": of.start_time,
        "end_time": of.end_time,
        "stats": of.stats,
        "finalized_data_end_time": finalized,
        "conversion_data_processed_end_time": processed,
        **({"campaign_name": name} if name else {}),
    }
    return Record(f"{campaign_id}:{of.date}", of.date, msgspec.json.encode(payload))
