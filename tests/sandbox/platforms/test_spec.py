import ast
from pathlib import Path

import pytest

import adsync_sandbox
from adsync import registry
from adsync_sandbox.platforms.registry import AD_PLATFORMS, ADS, SOURCES

SANDBOX = Path(adsync_sandbox.__file__).parent


def shared():
    """The files of the sandbox that are not one platform's own."""
    for file in sorted(SANDBOX.rglob("*.py")):
        own = file.relative_to(SANDBOX).parts[:2] in {("platforms", source) for source in SOURCES}
        if not own:
            yield file


@pytest.mark.parametrize("file", list(shared()), ids=lambda file: str(file.relative_to(SANDBOX)))
def test_no_shared_file_names_a_platform(file):
    constants = [node.value for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Constant)]
    assert set(SOURCES).isdisjoint(each for each in constants if isinstance(each, str))


def test_the_sandbox_has_the_platforms_of_the_product_with_the_same_kind():
    assert registry.names() == SOURCES
    assert tuple(ADS) == AD_PLATFORMS == registry.ad_platforms()
