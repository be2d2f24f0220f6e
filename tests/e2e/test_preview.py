"""``preview``: served to this machine alone, made anew on every save, the last good page kept."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reportgen.packs.preview import Preview, serve
from reportgen.rendering.finding import Project
from tests.e2e.test_referees import module, needed
from tests.support.examples import ASHMERE, LONG, ROOT

TEMPLATE = '{% extends "standard/inspection.html.j2" %}\n{% block cover %}\n{{ super() }}\n{% endblock %}\n'


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "pack.yaml").write_text(
        "format: reportgen/pack/1\nname: ours\nextends: standard\nstyles: [ours.css]\n", encoding="utf-8"
    )
    (folder / "ours.css").write_text(":root { --accent: #1f4e79; }\n", encoding="utf-8")
    (folder / "inspection.html.j2").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "data.yaml").write_bytes(ASHMERE[0].read_bytes())
    return folder


@pytest.fixture
def served(pack: Path) -> Iterator[tuple[Preview, int]]:
    preview = Preview(str(pack), [pack.parent / "data.yaml"], "inspection", Project())
    server = serve(preview)
    threads = [threading.Thread(target=run, daemon=True) for run in (server.serve_forever, preview.watch)]
    for thread in threads:
        thread.start()
    yield preview, server.server_address[1]
    preview.stop()
    server.shutdown()
    server.server_close()


def ask(port: int, path: str, host: str | None = None) -> tuple[int, dict[str, str], bytes]:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path, headers={"Host": host or f"127.0.0.1:{port}"})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


def news(port: int, since: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ask(port, f"/news?since={since}")[2])
    return found


def test_a_save_begins_a_new_round_and_an_error_keeps_the_last_good_page(
    served: tuple[Preview, int], pack: Path
) -> None:
    _, port = served
    first = news(port, 0)
    assert (first["errors"], first["good"]) == ([], True)
    assert b"Ashmere" in ask(port, "/shown/html")[2]

    (pack / "ours.css").write_text(":root { --accent: #123456; }\n", encoding="utf-8")
    second = news(port, first["round"])
    assert second["round"] > first["round"]
    assert b"#123456" in ask(port, "/shown/html")[2]

    (pack / "inspection.html.j2").write_text(TEMPLATE + "\n{% block cover %}", encoding="utf-8")
    third = news(port, second["round"])
    assert third["good"]
    (error,) = third["errors"]
    assert error["code"] == "RG401"
    assert error["place"].startswith("inspection.html.j2:")
    assert b"#123456" in ask(port, "/shown/html")[2]

    (pack / "inspection.html.j2").write_text(TEMPLATE, encoding="utf-8")
    fourth = news(port, third["round"])
    assert fourth["errors"] == []

    data = pack.parent / "data.yaml"
    good = data.read_text(encoding="utf-8")
    data.write_text(good.replace("Ashmere Metropolitan", "Elmshire"), encoding="utf-8")
    fifth = news(port, fourth["round"])
    assert b"Elmshire" in ask(port, "/shown/html")[2]
    data.write_text(good.replace("grade: adequate", "grade: adequat", 1), encoding="utf-8")
    sixth = news(port, fifth["round"])
    assert sixth["errors"][0]["code"] == "RG122"
    assert "data.yaml:" in sixth["errors"][0]["place"]


def test_every_format_is_one_request_away(served: tuple[Preview, int]) -> None:
    _, port = served
    news(port, 0)
    for form in ("md", "txt"):
        assert json.loads(ask(port, f"/state/{form}")[2])["good"]
        status, headers, body = ask(port, f"/shown/{form}")
        assert (status, headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
        assert b"Ashmere" in body
    state = json.loads(ask(port, "/state/pdf")[2])
    assert state["pages"] >= 3
    assert ask(port, "/picture/pdf/1")[2].startswith(b"\x89PNG")
    assert ask(port, "/file/pdf")[2].startswith(b"%PDF")
    assert ask(port, f"/picture/pdf/{state['pages'] + 1}")[0] == 404


def test_nobody_else_is_served(served: tuple[Preview, int], pack: Path) -> None:
    preview, port = served
    news(port, 0)
    assert ask(port, "/", host="evil.example:80")[0] == 403
    assert ask(port, "/", host=f"localhost:{port}")[0] == 200
    for path in ("/../pack.yaml", "/shown/../../etc/passwd", "/picture/pdf/x", "/nothing", "/file/html", "/state/exe"):
        assert ask(port, path)[0] == 404, path
    status, headers, _ = ask(port, "/shown/html")
    assert status == 200
    assert headers["Content-Security-Policy"].startswith("sandbox allow-scripts; default-src 'none'")
    assert "connect-src 'self'" in ask(port, "/")[1]["Content-Security-Policy"]
    assert preview.made["html"].value is not None


def test_a_template_that_never_ends_is_stopped(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from reportgen import workers
    from reportgen.packs import preview as module_

    monkeypatch.setattr(module_, "LIMITS", workers.Limits(seconds=3.0, memory=1_000_000_000))
    loop = "{% for a in range(99999) %}{% for b in range(99999) %}{% set c = a %}{% endfor %}{% endfor %}"
    (pack / "inspection.html.j2").write_text(TEMPLATE.replace("{{ super() }}", loop), encoding="utf-8")
    shown = Preview(str(pack), [pack.parent / "data.yaml"], "inspection", Project())
    shown.look()
    made = shown.get("html")
    assert made.value is None
    assert made.errors[0]["code"] in ("RG505", "RG406")


def test_the_command_prints_its_address_and_ends_on_interrupt(pack: Path) -> None:
    command = [sys.executable, "-m", "reportgen", "-q", "preview", str(pack), str(pack.parent / "data.yaml")]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert running.stdout is not None
    address = running.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:")
    port = int(address.rstrip("/").rpartition(":")[2])
    assert ask(port, "/")[0] == 200
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in err


DRIVE = """
const { chromium } = require('playwright-core');
const fs = require('fs');
(async () => {
  const [executable, address, folder, shots] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
  const page = await browser.newPage({ viewport: { width: 1100, height: 800 } });
  page.setDefaultTimeout(30000);
  const said = { problems: [], abroad: [] };
  page.on('pageerror', problem => said.problems.push(String(problem)));
  page.on('request', request => { if (!request.url().startsWith(address)) said.abroad.push(request.url()); });
  await page.goto(address);
  await page.waitForFunction(() => document.body.dataset.round);
  const inside = page.frameLocator('iframe');
  said.title = await inside.locator('h1').first().innerText();
  await page.screenshot({ path: shots + '/good.png' });
  const template = folder + '/inspection.html.j2';
  const good = fs.readFileSync(template, 'utf8');
  fs.writeFileSync(template, good.replace('{{ super() }}', '{{ super() }}\\n{{ inspection.titel }}'));
  await page.waitForSelector('#errors:not([hidden])');
  said.error = await page.locator('#errors').innerText();
  said.kept = await inside.locator('h1').first().innerText();
  await page.screenshot({ path: shots + '/error.png' });
  fs.writeFileSync(template, good.replace('{{ super() }}', '{{ super() }}\\n<p>Added just now</p>'));
  await page.waitForSelector('#errors', { state: 'hidden' });
  await page.waitForFunction(() => !document.querySelector('#status').textContent.includes('rendering'));
  await inside.getByText('Added just now').waitFor();
  await page.keyboard.press('Tab');
  said.focus = await page.evaluate(() => document.activeElement.textContent);
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => document.body.dataset.form === 'pdf');
  await page.waitForSelector('.pages img');
  said.pages = await page.locator('.pages img').count();
  await page.screenshot({ path: shots + '/pdf.png' });
  await page.click('#tab-docx');
  await page.waitForFunction(() => document.body.dataset.form === 'docx', undefined, { timeout: 90000 });
  said.word = await page.locator('.pages').innerText();
  said.wordPages = await page.locator('.pages img').count();
  await page.click('#tab-md');
  await page.waitForFunction(() => document.body.dataset.form === 'md');
  await page.waitForSelector('iframe[src^="/shown/md"]');
  await inside.getByText('Added just now').waitFor();
  said.markdown = await inside.locator('body').innerText();
  console.log(JSON.stringify(said));
  await browser.close();
})().catch(problem => { console.error(problem); process.exit(1); });
"""


@pytest.mark.referee
def test_driven_in_a_real_browser(served: tuple[Preview, int], pack: Path, tmp_path: Path) -> None:
    chromium, node = needed("chromium", "chromium-browser"), needed("node")
    needed("soffice", "libreoffice")
    modules = module("playwright-core").parent
    _, port = served
    script = tmp_path / "drive.js"
    script.write_text(DRIVE, encoding="utf-8")
    shots = Path(os.environ.get("REPORTGEN_SHOTS") or tmp_path)
    command = [node, str(script), chromium, f"http://127.0.0.1:{port}/", str(pack), str(shots)]
    env = {**os.environ, "NODE_PATH": str(modules)}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["problems"] == []
    assert said["abroad"] == []
    assert said["title"] == said["kept"]
    assert "inspection.html.j2:4" in said["error"]
    assert "RG402" in said["error"]
    assert "the last good page is shown" in said["error"]
    assert said["focus"] == "Web page"
    assert said["pages"] >= 3
    assert said["wordPages"] >= 3
    assert "Added just now" in said["markdown"]


def test_what_data_makes_what() -> None:
    from tests.support.command import run_here

    assert run_here("preview", "standard", LONG, "--as", "comparison").code == 2
    assert run_here("preview", "nopack", LONG).code == 4
    assert run_here("preview", "standard", ROOT / "nothing.yaml").code == 3
