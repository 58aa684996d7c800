"""One campaign's day as it is stored: micros untouched, times as they were written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from adsync.models import Record
from adsync.sources.common.decoding import day, decode

METRICS = ("impressions", "swipes", "spend", "conversion_purchases", "conversion_purchases_value")


class Spend(msgspec.Struct):
    spend: int = 0


SPEND = msgspec.json.Decoder(Spend)
TOLD = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Day(msgspec.Struct):
    start_time: str
    stats: msgspec.Raw
    end_time: str | None = None

    @property
    def told(self) -> bool:
        return bool(decode(self.stats, TOLD, "snapchat stats"))

    @property
    def spend(self) -> int:
        """Micros; a day without the key spent nothing."""
        return decode(self.stats, SPEND, "snapchat spend").spend

    @property
    def date(self) -> date:
        """As written: it belongs to the ad account's zone, and UTC would shift it."""
        return day(self.start_time, "snapchat start_time")


def record(
    campaign_id: str, of: Day, finalized: str | None = None, processed: str | None = None, *, name: str = ""
) -> Record:
    """Stats rows name no campaign; `name` is for what is none."""
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
