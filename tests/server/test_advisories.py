"""What was published against servers of this kind, tried here: names that lead to files.

One test for each advisory, named by its number; ``docs/security.md`` says what each is of and where it was read. Doors
and names in all their combinations are tried in ``test_security_paths.py``; here stands the attack as it was told.
"""

import asyncio
import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from http_api import Api
from live_server import LiveServer, chain
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from yarl import URL

from nodegraph.weights.folders import ModelFolders

SECRET = b"nobody outside may read this"
SCRIPT = "<script>alert(document.domain)</script>"
HTML = f"<!doctype html>{SCRIPT}".encode()
SVG = f'<svg xmlns="http://www.w3.org/2000/svg">{SCRIPT}</svg>'.encode()


def png(text: str = "") -> bytes:
    buffer, info = BytesIO(), PngInfo()
    info.add_text("comment", text)
    Image.new("RGB", (4, 4), "red").save(buffer, "png", pnginfo=info)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with secrets beside its folders, as text and as a picture, and with a page of its own."""
    home = tmp_path_factory.mktemp("attacked")
    (home / "user").mkdir()
    for folder in (home, home / "user"):
        (folder / "secret.txt").write_bytes(SECRET)
        (folder / "secret.png").write_bytes(png() + SECRET)
    for folder in ("page/assets", "models/checkpoints", "input/sub", "output/sub", "temp/sub"):
        (home / folder).mkdir(parents=True)
    (home / "temp/.nodegraph-temp").touch()
    (home / "page/index.html").write_text("<!doctype html><title>page</title>")
    (home / "page/assets/a.js").write_text("0")
    live = LiveServer(home, page_dir=str(home / "page"))
    yield live
    live.stop()


class Attacker:
    """Somebody with a way to the server, who sends what no client would."""

    def __init__(self, session: aiohttp.ClientSession, server: LiveServer) -> None:
        self.session = session
        self.url = server.url
        self.home = server.home
        self.secrets = {path: path.read_bytes() for path in self.home.rglob("secret.*")}

    async def send(self, method: str, path: str, **options: Any) -> tuple[int, bytes, Any]:
        """The status, the body and the headers of what comes back. ``path`` is sent as it stands."""
        url = URL(self.url + path, encoded=True)
        async with self.session.request(method, url, allow_redirects=False, **options) as response:
            return response.status, await response.read(), response.headers

    async def refused(self, method: str, path: str, **options: Any) -> None:
        """Send it, and have it refused, without the secret in the answer and with all files where they were."""
        status, body, _ = await self.send(method, path, **options)
        assert 400 <= status < 500, (path, status, body)
        assert SECRET not in body
        assert {path: path.read_bytes() for path in self.secrets} == self.secrets

    async def refused_job(self, prompt: Any) -> None:
        """Queue it, and have it refused."""
        for path in ("/prompt", "/api/prompt", "/api/v1/jobs"):
            await self.refused("POST", path, json={"prompt": prompt})

    async def failed_job(self, prompt: Any) -> None:
        """Queue it, and have it refused, or fail."""
        status, body, _ = await self.send("POST", "/api/v1/jobs", json={"prompt": prompt})
        assert status in (201, 400), body
        if status == 201:
            ended = await Api(self.session, self.url).end(json.loads(body)["job"])
            assert ended["state"] == "failed"

    async def upload(self, content: bytes, name: str, path: str = "/upload/image", **fields: str) -> tuple[int, bytes]:
        form = aiohttp.FormData(fields, quote_fields=False)
        form.add_field("image", content, filename=name)
        async with self.session.post(self.url + path, data=form) as response:
            return response.status, await response.read()

    async def inert(self, path: str, content: bytes) -> None:
        """Fetch it, and have it come as something that no browser runs."""
        status, body, headers = await self.send("GET", path)
        assert (status, body) == (200, content)
        assert headers["Content-Type"] == "application/octet-stream"
        assert headers["Content-Disposition"].startswith("attachment")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in headers["Content-Security-Policy"]

    async def raw(self, target: str, headers: str = "Host: localhost\r\n") -> bytes:
        """The answer to a GET whose target and headers are not mended by anyone on the way."""
        host, port = self.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET {target} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        return answer


@pytest.fixture
def attacker(session: aiohttp.ClientSession, server: LiveServer) -> Attacker:
    return Attacker(session, server)


def graph(image: str) -> dict[str, Any]:
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": image}},
        "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    }


# ---- files that a browser would run ----


async def test_cve_2024_10099_html_that_is_uploaded_and_viewed(attacker: Attacker) -> None:
    assert (await attacker.upload(HTML, "evil.html"))[0] == 400
    assert not (attacker.home / "input/evil.html").exists()
    (attacker.home / "output/evil.html").write_bytes(HTML)
    for prefix in ("", "/api"):
        await attacker.inert(f"{prefix}/view?filename=evil.html&type=output&subfolder=", HTML)


@pytest.mark.parametrize("ending", ["xhtml", "HTM", "shtml", "xml", "svgz", "js", "css", "pdf", "html.", "html "])
async def test_cve_2025_6092_other_endings_and_pictures_that_are_pages_too(attacker: Attacker, ending: str) -> None:
    """What was forgotten when the last was put right: a whole picture, with a page in its text and in its name."""
    both = png(HTML.decode())
    status, body = await attacker.upload(both, f"both.{ending}", overwrite="true")
    if ending[-1] in ". ":
        assert status == 400
    else:
        assert status == 200
        await attacker.inert(f"/view?filename={json.loads(body)['name']}&type=input", both)


async def test_cve_2026_56670_svg_that_is_uploaded_and_viewed(attacker: Attacker) -> None:
    for name in ("evil.svg", "evil.png", "evil.svg.png"):
        assert (await attacker.upload(SVG, name))[0] == 400
    (attacker.home / "input/evil.svg").write_bytes(SVG)
    await attacker.inert("/view?filename=evil.svg&type=input", SVG)


async def test_cve_2026_56672_user_data_that_is_a_page(attacker: Attacker) -> None:
    for name, content in {"evil.html": HTML, "evil.svg": SVG, "evil.xml": SVG, "evil": HTML}.items():
        assert (await attacker.send("POST", f"/userdata/{name}?overwrite=true", data=content))[0] == 200
        for path in (f"/userdata/{name}", f"/api/userdata/{name}", f"/api/v1/userdata/files/{name}"):
            await attacker.inert(path, content)


async def test_cve_2024_47872_scripts_that_are_uploaded(attacker: Attacker) -> None:
    for name, content in {"a.html": HTML, "a.svg": SVG, "a.js": b"alert(1)"}.items():
        await attacker.refused("POST", f"/api/v1/uploads?name={name}", data=content)
        assert not (attacker.home / "input" / name).exists()


# ---- reading ----


@pytest.mark.parametrize("up", ["../..", "..%2f..", "%2e%2e/%2e%2e", "..%5c..", "sub%2f..%2f..%2f.."])
async def test_cve_2026_56671_previews_of_models_that_lie_elsewhere(attacker: Attacker, up: str) -> None:
    (attacker.home / "models/checkpoints/sub").mkdir(exist_ok=True)
    for prefix in ("", "/api"):
        for place in (f"{up}/secret", f"{up}%2fuser%2fsecret", str(attacker.home / "secret").replace("/", "%2f")):
            await attacker.refused("GET", f"{prefix}/experiment/models/preview/checkpoints/0/{place}.safetensors")


@pytest.mark.parametrize(
    "name", ["../user/secret.png", "../secret.png [output]", "..\\user\\secret.png", "HOME/secret.png"]
)
async def test_cve_2026_56673_a_workflow_that_loads_a_picture_from_elsewhere(attacker: Attacker, name: str) -> None:
    await attacker.refused_job(graph(name.replace("HOME", str(attacker.home))))


async def test_comfyui_12285_a_link_that_leads_out(attacker: Attacker) -> None:
    for folder in ("input", "output"):
        (attacker.home / folder / "etc_link").symlink_to(attacker.home / "user")
        await attacker.refused("GET", f"/view?filename=secret.txt&subfolder=etc_link&type={folder}")
        await attacker.refused("GET", f"/view?filename=etc_link/secret.txt&type={folder}")


@pytest.mark.parametrize("target", ["/../../../../etc/passwd", "/file=/etc/passwd", "/file=SECRET", "//etc/passwd"])
async def test_cve_2023_51449_a_path_that_is_not_normalized(attacker: Attacker, target: str) -> None:
    answer = await attacker.raw(target.replace("SECRET", f"{attacker.home}/secret.txt"))
    assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 403", b"HTTP/1.1 400")), answer[:100]
    assert b"root:" not in answer
    assert SECRET not in answer


async def test_cve_2024_1728_an_upload_that_says_where_it_lies_already(attacker: Attacker) -> None:
    for name in (str(attacker.home / "secret.png"), "../secret.png", "file:///etc/passwd"):
        original = json.dumps({"filename": name, "subfolder": "", "type": "input"})
        status, body = await attacker.upload(png(), "mask.png", "/upload/mask", original_ref=original)
        assert status in (400, 403, 404)
        assert SECRET not in body


async def test_cve_2024_47164_dots_behind_a_folder_that_may_be_read(attacker: Attacker) -> None:
    for name in ("sub/../../user/secret.txt", "./.././user/secret.txt", "sub/./../../secret.txt"):
        for kind in ("input", "output", "temp"):
            await attacker.refused("GET", f"/view?filename={name}&type={kind}")


@pytest.mark.parametrize(
    "target", ["/assets/../../secret.txt", "/assets/..%2f..%2fsecret.txt", "/assets/..%5c..%5csecret.txt"]
)
async def test_cve_2024_47166_files_beside_those_of_the_page(attacker: Attacker, target: str) -> None:
    assert b" 200 " in (await attacker.raw("/assets/a.js")).split(b"\r\n")[0]
    answer = await attacker.raw(target)
    assert b" 404 " in answer.split(b"\r\n")[0] or b" 403 " in answer.split(b"\r\n")[0]
    assert SECRET not in answer


async def test_cve_2024_23334_links_below_the_page(attacker: Attacker) -> None:
    (attacker.home / "page/assets/link.txt").symlink_to(attacker.home / "secret.txt")
    await attacker.refused("GET", "/assets/link.txt")


async def test_cve_2024_42367_a_packed_variant_that_is_a_link(attacker: Attacker) -> None:
    (attacker.home / "output/plain.png").write_bytes(png())
    for place, path in (("output/plain.png", "/view?filename=plain.png"), ("page/assets/a.js", "/assets/a.js")):
        for ending in (".gz", ".br"):
            (attacker.home / f"{place}{ending}").symlink_to(attacker.home / "secret.txt")
        status, body, _ = await attacker.send("GET", path, headers={"Accept-Encoding": "gzip, br"})
        assert (status, body) == (200, (attacker.home / place).read_bytes())


async def test_cve_2024_27306_folders_are_not_listed(attacker: Attacker) -> None:
    (attacker.home / "page/assets/<img src=x onerror=alert(1)>").mkdir()
    for path in ("/assets", "/assets/", "/assets/%3Cimg%20src=x%20onerror=alert(1)%3E"):
        status, body, headers = await attacker.send("GET", path)
        assert status == 404
        assert b"a.js" not in body
        assert not headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/assets/NAME", "/view?filename=NAME", "/api/v1/userdata/files/NAME"])
async def test_cve_2025_69226_what_is_outside_is_not_told_apart(attacker: Attacker, path: str) -> None:
    """Whether a file exists out there makes no difference to the answer."""
    there = await attacker.send("GET", path.replace("NAME", "..%2fuser%2fsecret.txt"))
    missing = await attacker.send("GET", path.replace("NAME", "..%2fuser%2fmissed.txt"))
    assert there[0] == missing[0]
    assert there[1].replace(b"secret", b"missed") == missing[1]


async def test_cve_2026_49119_folders_that_are_absolute(attacker: Attacker) -> None:
    for folder in ("/etc", str(attacker.home), "..", "a/../.."):
        for path in ("/userdata?dir=", "/v2/userdata?path=", "/api/v1/userdata?path="):
            await attacker.refused("GET", path + folder)


@pytest.mark.parametrize("name", ["%5c%5cevil.example%5cshare%5ca.png", "//evil.example/share/a.png"])
async def test_cve_2024_34510_shares_to_which_windows_would_log_on(attacker: Attacker, name: str) -> None:
    await attacker.refused("GET", f"/view?filename={name}&type=input")
    await attacker.refused_job(graph(name.replace("%5c", "\\")))


@pytest.mark.parametrize("name", ["/windows/win.ini", "%5cwindows%5cwin.ini", "C:%5cwindows%5cwin.ini", "C:win.ini"])
async def test_cve_2026_28414_paths_below_the_root_of_a_drive(attacker: Attacker, name: str) -> None:
    for path in (f"/view?filename={name}&type=input", f"/assets/{name}", f"/userdata/{name}"):
        await attacker.refused("GET", path)


@pytest.mark.parametrize("version", ["../../secret.txt", "..%2f..%2fsecret.txt", "0" * 63 + "/", "", "0" * 100_000])
async def test_cve_2024_37032_digests_that_are_paths(attacker: Attacker, version: str) -> None:
    await attacker.send("POST", "/userdata/kept.txt?overwrite=true", data=b"kept")
    await attacker.refused("POST", "/api/v1/userdata/restore", json={"path": "kept.txt", "version": version})


async def test_cve_2025_6237_results_of_jobs_by_the_name_of_another_file(
    attacker: Attacker, server: LiveServer
) -> None:
    api = Api(attacker.session, server.url)
    job = await api.submit(chain(1))
    await api.end(job)
    for index in ("..%2f..%2f..%2fuser%2fsecret.txt", "secret.txt", "-1", "0%00", "%2fetc%2fpasswd"):
        await attacker.refused("GET", f"/api/v1/jobs/{job}/files/{index}")
        await attacker.refused("GET", f"/api/v1/jobs/..%2f..%2fuser%2f{index}/result?inline=true")


# ---- writing and deleting ----


async def test_cve_2024_21575_an_upload_into_the_folder_of_packs(attacker: Attacker) -> None:
    for subfolder in ("../custom_nodes", "..\\custom_nodes", "../../custom_nodes/pack", "sub/../../custom_nodes"):
        for kind in ("temp", "input", "output"):
            status, _ = await attacker.upload(png(), "__init__.py", subfolder=subfolder, type=kind)
            assert status == 400
    status, _ = await attacker.upload(b"import os", "../custom_nodes/evil.py")
    assert status == 400
    assert not (attacker.home / "custom_nodes").exists()
    assert not list(attacker.home.rglob("evil.py"))


async def test_cve_2026_123790_files_that_are_copied_into_the_folder_of_packs(
    attacker: Attacker, server: LiveServer
) -> None:
    assert (await attacker.send("POST", "/userdata/evil.py?overwrite=true", data=b"raise SystemExit"))[0] == 200
    there = "../../custom_nodes/evil/__init__.py"
    await attacker.refused("POST", "/api/v1/userdata/move", json={"from": "evil.py", "to": there})
    await attacker.refused("POST", f"/userdata/evil.py/move/{there.replace('/', '%2f')}")
    await attacker.refused("PUT", f"/api/v1/userdata/files/{there.replace('/', '%2f')}", data=b"raise SystemExit")
    for folder in ModelFolders.of(server.settings).pack_folders:
        assert not folder.exists()


async def test_cve_2025_67303_what_the_server_keeps_for_itself_is_no_user_data(attacker: Attacker) -> None:
    status, body, _ = await attacker.send("GET", "/api/v1/userdata?path=&recurse=true")
    assert status == 200
    kept = [path.name for path in (attacker.home / "user").iterdir() if path.name != "default"]
    assert "jobs.sqlite" in kept
    for name in kept:
        assert name.encode() not in body
        for path in (f"/userdata/..%2f{name}", f"/api/v1/userdata/files/..%2f{name}", f"/user/{name}"):
            await attacker.refused("GET", path)
            await attacker.refused("POST", path, data=b"security_level = weak")


async def test_cve_2026_22777_a_setting_with_lines_of_its_own(attacker: Attacker) -> None:
    value = 'git\r\nsecurity_level = weak\n"injected": true'
    assert (await attacker.send("POST", "/settings/db_mode", json=value))[0] == 200
    status, body, _ = await attacker.send("GET", "/settings")
    settings = json.loads(body)
    assert (status, settings["db_mode"]) == (200, value)
    assert not {"security_level", "injected"} & settings.keys()


async def test_cve_2024_11042_deleting_what_is_no_job_and_no_user_data(attacker: Attacker) -> None:
    for place in ("..%2fsecret.txt", "..%2f..%2fsecret.txt", "%2fetc%2fpasswd"):
        await attacker.refused("DELETE", f"/userdata/{place}")
        await attacker.refused("DELETE", f"/api/v1/userdata/files/{place}")
        await attacker.refused("DELETE", f"/api/v1/jobs/{place}")
    for path in ("/history", "/queue"):
        await attacker.send("POST", path, json={"delete": ["../secret.txt", "/etc/passwd", str(attacker.home)]})
    await attacker.refused("GET", "/userdata/..%2fsecret.txt")


@pytest.mark.parametrize("name", ["..\\..\\escaped-31462", "C:\\escaped-31462", "..\\escaped-31462", "\\escaped-31462"])
async def test_cve_2024_31462_a_name_for_a_configuration_that_is_a_path_on_windows(
    attacker: Attacker, name: str
) -> None:
    encoded = name.replace("\\", "%5c")
    await attacker.refused("PUT", f"/api/v1/userdata/files/{encoded}.json", data=b"{}")
    await attacker.refused("POST", f"/userdata/{encoded}.json", data=b"{}")
    assert not list(attacker.home.parent.rglob("*escaped-31462*.json"))
