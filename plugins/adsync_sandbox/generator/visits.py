"""A visit to a shop, and the links people arrive by: clean, encoded once or twice, dressed up, or damaged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from urllib.parse import quote, urlencode

from adsync_sandbox.generator.chance import happens
from adsync_sandbox.platforms.spec import ADS

SOURCES = {name: ads.sources for name, ads in ADS.items()}
CLICK_IDS = {name: ads.click_id for name, ads in ADS.items()}
REFERRERS = {name: ads.referrer for name, ads in ADS.items()}
PRODUCTS = ("oud-box", "linen-throw", "coffee-cups", "gift-card")
TO_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
EN_DASH, EM_DASH = "\u2013", "\u2014"
RIGHT_TO_LEFT_MARK, ZERO_WIDTH_SPACE, TATWEEL = "\u200f", "\u200b", "\u0640"


@dataclass(frozen=True)
class Utm:
    """What the shop itself recognised in the link; Shopify never recognises utm_id."""

    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    content: str | None = None
    term: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Visit:
    """One arrival at the shop; `utm` is null when the shop recognised nothing."""

    id: str
    occurred_at: datetime
    landing_page: str
    referrer: str | None = None
    source: str = "direct"
    utm: Utm | None = None


@dataclass(frozen=True)
class Journey:
    """What is known of how an order came about; `visits` is null when nothing is.

    `later` is what will be known once a journey is ready; `carrier` is where the shop keeps what it knows.
    """

    visits: tuple[Visit, ...] | None
    ready: bool = True
    attributes: tuple[tuple[str, str], ...] = ()
    later: tuple[Visit, ...] = ()
    carrier: str = ""


def link(shop: str, rng: Random, query: dict[str, str]) -> str:
    """A landing page whose query holds these keys among the shop's own, and at times what nobody should keep."""
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


# Every one of them is the same name after normalisation.
DRESSES: tuple[Callable[[Random, str], str], ...] = (
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


def dressed(rng: Random, name: str) -> str:
    """A campaign's name the way it may arrive in a link."""
    return rng.choice(DRESSES)(rng, name)
