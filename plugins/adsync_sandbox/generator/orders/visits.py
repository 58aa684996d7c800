"""Visits to a store and the links they arrive by: clean, encoded once or twice, disguised, or damaged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from urllib.parse import quote, urlencode

from adsync_sandbox.generator.chance import happens
from adsync_sandbox.platforms.registry import ADS

SOURCES = {name: ads.sources for name, ads in ADS.items()}
CLICK_IDS = {name: ads.click_id for name, ads in ADS.items()}
REFERRERS = {name: ads.referrer for name, ads in ADS.items()}
# Values of utm_campaign that name no campaign: unexpanded macros, ids that a spreadsheet damaged, unknown names.
MACROS = ("{{campaign.name}}", "__CAMPAIGN_NAME__", "%7B%7Bcampaign.id%7D%7D", "_CAMPAIGN_NAME_")
DAMAGED = ("1.2E+17", "1.20210123456780E+17", "1.80001E+15")
UNKNOWN = ("influencer_spring", "newsletter-42", "120299999999999999", "خصم الصيف القديم", "riyadh_nov")
PRODUCTS = ("oud-box", "linen-throw", "coffee-cups", "gift-card")
TO_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
EN_DASH, EM_DASH = "\u2013", "\u2014"
RIGHT_TO_LEFT_MARK, ZERO_WIDTH_SPACE, TATWEEL = "\u200f", "\u200b", "\u0640"


@dataclass(frozen=True)
class Utm:
    """The tags that the store itself recognized in the link."""

    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    content: str | None = None
    term: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Visit:
    """One arrival at the store; `utm` is null if the store recognized no tag."""

    id: str
    occurred_at: datetime
    landing_page: str
    referrer: str | None = None
    source: str = "direct"
    utm: Utm | None = None


@dataclass(frozen=True)
class Journey:
    """What the store knows about the visits before an order; `visits` is null if it knows none.

    `later` are the visits of a journey once it is ready; `carrier` is the field that holds the source.
    """

    visits: tuple[Visit, ...] | None
    ready: bool = True
    attributes: tuple[tuple[str, str], ...] = ()
    later: tuple[Visit, ...] = ()
    carrier: str = ""


def link(shop: str, rng: Random, query: dict[str, str]) -> str:
    """Returns a landing page with these query keys among the store's own, and sometimes with personal data."""
    personal = {"email": "buyer@example.com"} if happens(rng, 10) else {}
    whole = {"variant": str(rng.randrange(10**6)), **query, **personal}
    return f"https://{shop}/products/{rng.choice(PRODUCTS)}?{urlencode(whole, quote_via=quote)}"


def click_id(rng: Random) -> str:
    return f"Iw{rng.getrandbits(96):024x}"


def _swapped_dashes(_rng: Random, name: str) -> str:
    return name.translate(str.maketrans({EN_DASH: "-", EM_DASH: EN_DASH, "-": EM_DASH, "|": "/", "/": "|"}))


def _stretched(_rng: Random, name: str) -> str:
    at = next((n for n, letter in enumerate(name) if "ب" <= letter <= "ي"), None)
    return name if at is None else name[: at + 1] + TATWEEL + name[at + 1 :]


# Each is the same name after normalization.
SPELLINGS: tuple[Callable[[Random, str], str], ...] = (
    lambda _rng, name: name,
    lambda _rng, name: name,
    lambda _rng, name: name.upper(),
    lambda _rng, name: name.lower(),
    lambda _rng, name: name.replace(" ", "_"),
    lambda _rng, name: f" {name}  ",
    lambda _rng, name: RIGHT_TO_LEFT_MARK + name + ZERO_WIDTH_SPACE,
    lambda _rng, name: name.translate(TO_ARABIC_DIGITS),
    lambda _rng, name: quote(name),
    lambda _rng, name: quote(quote(name)),
    _swapped_dashes,
    _stretched,
)


def respelled(rng: Random, name: str) -> str:
    """Returns a campaign's name in one of the spellings that arrive in links."""
    return rng.choice(SPELLINGS)(rng, name)
