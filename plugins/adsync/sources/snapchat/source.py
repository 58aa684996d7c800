"""Snapchat Ads: the ad account, its campaigns, and their stats by day.

Metrics are requested per account, split by campaign: deleted campaigns have spend in the same days.
Access tokens are valid for an hour or less. Reference: the project's Snapchat sheet, sections 1 to 9.
"""

from __future__ import annotations

from datetime import timedelta

import httpx

from adsync.auth.token_refresh import TokenRefresh
from adsync.models import Credentials, RateLimit, Token
from adsync.sources.base import APP, CallCost, ConnectionNeeds, DailyStream, EntityStream, Source
from adsync.sources.common import account_ids, oauth
from adsync.sources.snapchat.ads import ads
from adsync.sources.snapchat.api import auth, base_url
from adsync.sources.snapchat.entities import PAGE_SIZE, account_info, accounts, campaigns
from adsync.sources.snapchat.errors import check
from adsync.sources.snapchat.stats import OPTIONS, campaign_metrics

REFRESH_URL = "https://accounts.snapchat.com/login/oauth2/access_token"
REMEDY = "log in to Snapchat again, as a user with a role on the ad account, and put the new tokens into the connection"
# Longer ranges are rejected.
MAX_DAYS = 31
# Names and time zones rarely change. A retry within minutes does not list the campaigns again.
DAILY, RETRY_INTERVAL = timedelta(hours=20), timedelta(minutes=5)


def token_request(credentials: Credentials, token: Token) -> httpx.Request:
    return oauth.form(credentials, token, REFRESH_URL)


SOURCE = Source(
    name="snapchat",
    kind="ad_account",
    base_url=base_url,
    auth=auth,
    check=check,
    account_info=account_info,
    normalize_id=account_ids.uuid,
    streams=(
        EntityStream("accounts", accounts, refresh_every=DAILY),
        EntityStream("campaigns", campaigns, refresh_every=RETRY_INTERVAL, cost=CallCost(PAGE_SIZE)),
        DailyStream(
            "campaign_metrics",
            campaign_metrics,
            max_days=MAX_DAYS,
            # The page size of stats is not documented. One further call reads the account's own spend.
            cost=CallCost(PAGE_SIZE, per_campaign=True, fixed=1),
        ),
        EntityStream("ads", ads, refresh_every=DAILY, restate_only=True, cost=CallCost(PAGE_SIZE)),
    ),
    options=OPTIONS,
    token_refresh=TokenRefresh(token_request, oauth.reader("snapchat", REMEDY)),
    rate_limits=(RateLimit("app", 20, 1), RateLimit("token", 10, 1)),
    lookback=30,
    connection=ConnectionNeeds(together={"refresh_token": APP, "client_secret": ("client_id",)}),
)
