import pytest
import yaml

from adsync import registry
from adsync.errors import ConfigError
from adsync.sources.base import EntityStream


def test_the_list_is_the_one_that_dbt_reads():
    text = (registry.DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8")
    listed = yaml.safe_load(text)["vars"]["adsync_sources"]
    assert [*registry.ad_platforms()] == listed["ad_platforms"]
    assert [*registry.stores()] == listed["stores"]
    assert registry.names() == registry.ad_platforms() + registry.stores()


@pytest.mark.parametrize("name", registry.names())
def test_a_source_is_named_as_its_module_and_says_what_it_is(name):
    source = registry.load(name)
    assert source.name == name
    assert (source.kind == "ad_account") == (name in registry.ad_platforms())
    assert (source.kind == "store") == (name in registry.stores())


@pytest.mark.parametrize("name", registry.names())
def test_the_first_stream_of_a_source_is_the_account_itself(name):
    first, *others = registry.load(name).streams
    assert isinstance(first, EntityStream)
    assert len({stream.name for stream in (first, *others)}) == len(others) + 1
    assert registry.load(name).stream(first.name) is first


def test_every_stream_has_a_place_in_raw():
    assert ("meta", "campaign_metrics") in registry.streams()
    assert ("shopify", "orders") in registry.streams()
    assert len(set(registry.streams())) == len(registry.streams())


@pytest.mark.parametrize("name", ["facebook", "", "base", "../meta"])
def test_a_source_that_nobody_registered_is_refused_with_what_there_is(name):
    with pytest.raises(ConfigError, match=f"expected one of {', '.join(registry.names())}"):
        registry.load(name)
