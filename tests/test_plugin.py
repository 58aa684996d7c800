from __future__ import annotations

import subprocess
import sys

from adsync.plugin import AdsPlugin

# Airflow loads the file by its path, under its bare name, in every process.
LOAD = """
import runpy, sys
found = runpy.run_path(sys.argv[1], run_name="plugin")
plugin = found["AdsPlugin"]()
print(plugin.name, [name for name in ("fastapi", "adsync.dashboard") if name in sys.modules])
"""


def test_loading_the_plugin_does_not_import_the_page():
    file = sys.modules[AdsPlugin.__module__].__file__
    done = subprocess.run([sys.executable, "-c", LOAD, file], capture_output=True, text=True, check=True)
    assert done.stdout == "adsync []\n"


def test_the_navigation_entry_leads_to_the_mounted_page():
    plugin = AdsPlugin()
    [app], [view] = plugin.fastapi_apps, plugin.external_views
    assert view["href"] == f"{app['url_prefix']}/"
    assert view["nav_top_level"] is True
    assert plugin.fastapi_apps[0]["app"] is app["app"]
