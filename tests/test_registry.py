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
def test_a_source_has_the_name_of_its_package_and_its_kind(name):
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


def test_every_stream_has_a_raw_table():
    assert ("meta", "campaign_metrics") in registry.streams()
    assert ("shopify", "orders") in registry.streams()
    assert len(set(registry.streams())) == len(registry.streams())


@pytest.mark.parametrize("name", ["facebook", "", "base", "../meta"])
def test_an_unknown_source_is_an_error_that_lists_the_known_ones(name):
    with pytest.raises(ConfigError, match=f"expected one of {', '.join(registry.names())}"):
        registry.load(name)
