import json
import subprocess
import sys
from pathlib import Path

import httpx
import yaml

from adsync_sandbox.server import serve
from adsync_sandbox.server.files import connections, workspaces

PLUGINS = Path(serve.__file__).parents[2]


def test_the_sandbox_writes_its_files_and_then_answers_on_loopback(tmp_path):
    command = [sys.executable, "-m", "adsync_sandbox", "--port", "0", "--seed", "5", "--state", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(PLUGINS)}) as process:
        try:
            url = process.stdout.readline().strip().removeprefix("sandbox listening on ")
            assert url.startswith("http://127.0.0.1:")
            assert httpx.get(f"{url}/health").json() == {"ok": True}
            written = json.loads((tmp_path / "connections.json").read_text())
            account = httpx.get(
                f"{written['meta_acme']['host']}/v26.0/act_901234567890",
                params={"access_token": written["meta_acme"]["password"]},
            )
            assert account.status_code == 200
            assert json.loads((tmp_path / "answer_key.json").read_text())["seed"] == 5
            assert len(yaml.safe_load((tmp_path / "workspaces.yaml").read_text())["workspaces"]) == 3
        finally:
            process.terminate()


def test_an_invalid_fault_script_is_reported_in_a_sentence(tmp_path, capsys):
    script = tmp_path / "faults.yaml"
    script.write_text("- {source: meta, kind: rude}")
    assert serve.main(["--faults", str(script)]) == 2
    assert "fault 1" in capsys.readouterr().err


def test_every_account_has_a_connection_and_platforms_get_their_prefix(small_world):
    found = connections(small_world, "http://127.0.0.1:1")
    for workspace in workspaces(small_world)["workspaces"]:
        for account in (*workspace["ad_accounts"], *workspace["stores"]):
            assert account["conn_id"] in found
    assert found["tiktok_acme"]["host"] == "http://127.0.0.1:1/tiktok/open_api/v1.3"
    assert found["shopify_acme"]["host"] == "http://127.0.0.1:1/shopify/acme.myshopify.com"
    assert found["meta_juniper"]["extra"] == {
        "api_version": "v26.0",
        "app_id": "310000000000001",
        "app_secret": "fern-and-moss",
        "token_url": "http://127.0.0.1:1/meta/oauth/access_token",
    }
    assert found["snapchat_acme"]["host"] == "http://127.0.0.1:1/snapchat/v1"
    assert found["woocommerce_nakhla"]["host"] == "http://127.0.0.1:1/woocommerce/shop.nakhla.example/souq"
    assert found["woocommerce_nakhla"]["login"].startswith("ck_")
    assert found["woocommerce_juniper"]["extra"] == {"rest_route": "true"}
    assert found["salla_acme"]["extra"].keys() == {
        *("refresh_token", "client_id", "client_secret", "token_url", "expires")
    }
    assert {"authorization", "redirect_uri", "refresh_token"} <= found["zid_nakhla"]["extra"].keys()
    assert "refresh_token" in found["shopify_juniper"]["extra"]
    assert "refresh_token" not in found["shopify_acme"]["extra"]


def test_the_configuration_names_history_and_options(small_world):
    acme = workspaces(small_world)["workspaces"][0]
    assert (acme["id"], acme["currency"], acme["history_days"]) == ("acme", "SAR", small_world.days)
    assert acme["ad_accounts"][0]["purchase_action"] == "omni_purchase"
