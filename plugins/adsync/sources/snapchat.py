"""Snapchat Ads: the ad account, its campaigns, and their stats by day.

Statistics are asked for by account, split by campaign: deleted campaigns still spend inside the window.
Access tokens live an hour or less. Facts: the project's Snapchat sheet, sections 1 to 9.
"""

from __future__ import annotations

from datetime import timedelta

import httpx

from adsync.sources import oauth
from adsync.sources.base import Credentials, Limit, Renewal, Source, Stream, Token
from adsync.sources.snapchat_ads import ads
from adsync.sources.snapchat_calls import auth, base_url
from adsync.sources.snapchat_errors import check
from adsync.sources.snapchat_listing import PAGE_SIZE, accounts, campaigns, facts
from adsync.sources.snapchat_stats import OPTIONS, campaign_metrics

RENEWAL_URL = "https://accounts.snapchat.com/login/oauth2/access_token"
REMEDY = (
    "log in to Snapchat again, as somebody with a role on the ad account, and put the new tokens into the connection"
)
# Longer ones are refused.
LONGEST_WINDOW = 31
A_DAY = timedelta(hours=20)


def renew(credentials: Credentials, token: Token) -> httpx.Request:
    return oauth.form(credentials, token, RENEWAL_URL)


SOURCE = Source(
    name="snapchat",
    kind="ad_account",
    base_url=base_url,
    auth=auth,
    check=check,
    facts=facts,
    streams=(
        Stream("accounts", "entity", accounts),
        Stream("campaigns", "entity", campaigns),
        Stream("campaign_metrics", "daily", campaign_metrics, longest=LONGEST_WINDOW),
        Stream("ads", "entity", ads, every=A_DAY, page=PAGE_SIZE, aside=True),
    ),
    options=OPTIONS,
    renewal=Renewal(renew, oauth.reader("snapchat", REMEDY)),
    limits=(Limit("app", 20, 1), Limit("token", 10, 1)),
)
