import pytest

from adsync_sandbox.expected.matching import directory, match, platform_of, tags_of_visit
from adsync_sandbox.expected.normalizing import flaw, normalized
from adsync_sandbox.generator.chance import chance
from adsync_sandbox.generator.orders.market_context import Market, OrderContext
from adsync_sandbox.generator.orders.visits import SPELLINGS, Utm


@pytest.fixture(scope="module")
def known(world):
    return directory(one for account in ("901234567890", "901234567891") for one in world.campaigns(account))


def test_every_spelling_of_a_name_normalizes_to_the_same(world):
    rng = chance(1, "dresses")
    for account in world.ad_accounts:
        for campaign in world.campaigns(account.id):
            forms = {normalized(spell(rng, campaign.name)) for spell in SPELLINGS}
            assert forms == {normalized(campaign.name)}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{campaign.name}}", "macro_unexpanded"),
        ("%7B%7Bcampaign.id%7D%7D", "macro_unexpanded"),
        ("__CAMPAIGN_NAME__", "macro_unexpanded"),
        ("1.2E+17", "damaged_id"),
        ("(Not Set)", "direct"),
        ("Summer Sale 50% Off", None),
    ],
)
def test_values_that_name_no_campaign_are_recognized(text, reason):
    assert flaw(text) == reason


def _visit(world, query, utm=None, referrer=None):
    store = world.stores_of("shopify")[0]
    market = Market(1, store, lambda _: ([], []), lambda _: ([], []), 0, world.now)
    context = OrderContext(chance(1), store.id, 1, world.now, market)
    return context.visit(world.now - world.now, query, utm=utm, referrer=referrer)


def test_an_id_in_the_link_beats_the_name_the_shop_read(world, known):
    first, second = list(known.by_id.values())[:2]
    visit = _visit(world, {"utm_id": first.id}, Utm(source="fb", campaign=second.name))
    assert match(tags_of_visit(visit), known) == (first, "utm_id")


def test_a_campaign_of_another_account_is_unknown(world, known):
    stranger = world.campaigns("903456789012")[0]
    visit = _visit(world, {}, Utm(source="fb", campaign=stranger.id))
    assert match(tags_of_visit(visit), known) == (None, "unknown_campaign")


def test_a_name_of_two_campaigns_is_ambiguous(world, known):
    visit = _visit(world, {}, Utm(source="facebook", campaign="always on - retargeting"))
    assert match(tags_of_visit(visit), known) == (None, "ambiguous_name")


@pytest.mark.parametrize(
    ("query", "source", "referrer", "platform"),
    [
        ({"fbclid": "1", "ttclid": "2"}, "snap", "https://l.facebook.com/", "tiktok"),
        ({"wbraid": "1"}, None, None, "google"),
        ({"fbclid": "1"}, "tt", "https://l.facebook.com/", "tiktok"),
        ({"fbclid": "1"}, "scandinavia", "https://www.tiktok.com/", "meta"),
        ({}, None, "https://www.tiktok.com/", "tiktok"),
        ({}, None, "https://blog.example/an-offer", None),
    ],
)
def test_the_strongest_hint_decides_the_platform(world, query, source, referrer, platform):
    assert platform_of(tags_of_visit(_visit(world, query, Utm(source=source), referrer))) == platform


def test_a_referrer_alone_gives_a_platform_and_no_campaign(world, known):
    visit = _visit(world, {}, referrer="https://www.instagram.com/")
    assert match(tags_of_visit(visit), known) == (None, "platform_only")
