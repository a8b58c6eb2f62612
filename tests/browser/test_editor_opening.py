"""Workflows opened by dropping and pasting, given out as files, and what one lacks."""

import io
import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from editor_page import EditorPage, box, named
from page_server import text_to_image
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import expect
from workflow_files import (
    DROPPED_AT,
    EXAMPLE,
    TITLE_HEIGHT,
    as_json,
    drop,
    folder,
    newer,
    save_as,
    small,
    tab,
    tabs,
)

from nodegraph.media.latent_files import encode_latent


def picture(kind: str, **carried: object) -> bytes:
    """A picture that carries texts as the server's own do."""
    made, buffer = Image.new("RGB", (8, 8)), io.BytesIO()
    if kind == "PNG":
        info = PngInfo()
        for key, value in carried.items():
            info.add_text(key, json.dumps(value))
        made.save(buffer, kind, pnginfo=info)
    else:
        exif = Image.Exif()
        for tag, (key, value) in zip((0x0110, 0x010F), carried.items(), strict=False):
            exif[tag] = f"{key}:{json.dumps(value)}"
        made.save(buffer, kind, exif=exif)
    return buffer.getvalue()


def latent(**carried: object) -> bytes:
    """A latent as Save Latent writes it."""
    return encode_latent(torch.zeros(1, 4, 8, 8), text={key: json.dumps(value) for key, value in carried.items()})


def plain(kind: str) -> bytes:
    """A picture that carries nothing."""
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(buffer, kind.upper())
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "kind", "content"),
    [
        ("old.json", "application/json", lambda: json.dumps(small("Dropped")).encode()),
        ("new.json", "application/json", lambda: json.dumps(newer("Dropped")).encode()),
        ("made.png", "image/png", lambda: picture("PNG", prompt=text_to_image(seed=1), workflow=small("Dropped"))),
        ("made.webp", "image/webp", lambda: picture("WEBP", prompt=text_to_image(seed=1), workflow=small("Dropped"))),
        ("made.jpg", "image/jpeg", lambda: picture("JPEG", prompt=text_to_image(seed=1), workflow=small("Dropped"))),
        ("made.avif", "image/avif", lambda: picture("AVIF", prompt=text_to_image(seed=1), workflow=small("Dropped"))),
        ("made.latent", "", lambda: latent(prompt=text_to_image(seed=1), workflow=small("Dropped"))),
    ],
)
def test_a_dropped_file_opens(editor: EditorPage, name: str, kind: str, content: Callable[[], bytes]) -> None:
    editor.open(small(), "beside.json")
    drop(editor.page, (name, kind, content()))
    expect(editor.node("Dropped")).to_be_visible()
    title = Path(name).stem
    expect(tab(editor.page, title)).to_have_attribute("aria-current", "page")
    save_as(editor.page, f"dropped/{name}".replace(".", "-"))
    saved = json.loads((folder(editor.server) / f"dropped/{name}".replace(".", "-")).with_suffix(".json").read_text())
    assert named(saved, "Dropped")["size"] == [310, 106.25]


@pytest.mark.parametrize("carrier", ["json", "png", "webp"])
def test_a_dropped_prompt_is_laid_out(editor: EditorPage, carrier: str) -> None:
    prompt = text_to_image(seed=2**64 - 1)
    editor.open(small(), "beside.json")
    content = json.dumps(prompt).encode() if carrier == "json" else picture(carrier.upper(), prompt=prompt)
    drop(editor.page, (f"prompt.{carrier}", f"image/{carrier}", content))
    for title in (made["_meta"]["title"] for made in prompt.values()):
        expect(editor.node(title)).to_be_in_viewport(ratio=0.99)
    save_as(editor.page, f"laid-out-{carrier}")
    text = (folder(editor.server) / f"laid-out-{carrier}.json").read_text()
    saved = json.loads(text)
    assert len({tuple(node["pos"]) for node in saved["nodes"]}) == len(prompt)
    assert str(2**64 - 1) in text
    first, last = named(saved, "Checkpoint"), named(saved, "Save")
    assert first["pos"][0] < last["pos"][0]


def test_several_dropped_files_open_in_tabs_and_others_are_explained(editor: EditorPage) -> None:
    page = editor.page
    editor.open(small(), "several.json")
    drop(
        page,
        as_json("a.json", small("A")),
        ("photo.png", "image/png", picture("PNG")),
        ("words.txt", "text/plain", b"a lighthouse"),
        ("bare.latent", "", encode_latent(torch.zeros(1, 4, 8, 8))),
        as_json("b.json", newer("B")),
    )
    expect(tabs(page)).to_have_text(["several", "a", "b"])
    expect(page.get_by_text("photo.png could not be opened")).to_be_visible()
    expect(page.get_by_text("The picture carries no workflow")).to_be_visible()
    expect(page.get_by_text("words.txt could not be opened")).to_be_visible()
    expect(page.get_by_text("It holds tensors and carries no workflow")).to_be_visible()


@pytest.mark.parametrize("kind", ["png", "gif"])
def test_a_dropped_picture_without_a_workflow_is_loaded_where_it_was_dropped(editor: EditorPage, kind: str) -> None:
    page = editor.page
    editor.open(small(), f"pictured-{kind}.json")
    drop(page, (f"photo-{kind}.{kind}", f"image/{kind}", plain(kind)))
    page.get_by_role("button", name="Load it as an image").click()
    expect(editor.node("Load Image")).to_be_visible()
    expect(page.get_by_text("could not be opened")).to_have_count(0)
    frame, (x, y) = box(editor.node("Load Image")), DROPPED_AT
    assert frame["x"] == pytest.approx(x, abs=2)
    assert frame["y"] <= y <= frame["y"] + TITLE_HEIGHT
    assert named(editor.saved(), "LoadImage")["widgets_values"][0] == f"photo-{kind}.{kind}"
    assert (editor.server.home / "input" / f"photo-{kind}.{kind}").read_bytes() == plain(kind)
    page.keyboard.press("Control+z")
    expect(editor.node("Load Image")).to_have_count(0)


def test_a_picture_without_a_workflow_is_loaded_into_a_new_one_where_none_is_open(editor: EditorPage) -> None:
    page = editor.page
    editor.open(small(), "closed.json")
    page.keyboard.press("Alt+w")
    expect(page.get_by_role("heading", name="Open a workflow to begin")).to_be_visible()
    drop(page, ("alone.png", "image/png", plain("png")))
    page.get_by_role("button", name="Load it as an image").click()
    expect(editor.node("Load Image")).to_be_in_viewport()
    expect(tabs(page)).to_have_text(["Untitled"])
    save_as(page, "alone")
    saved = json.loads((folder(editor.server) / "alone.json").read_text())
    assert named(saved, "LoadImage")["widgets_values"][0] == "alone.png"


def templates() -> Path:
    found = find_spec("comfyui_workflow_templates_json")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "templates"


SAMPLES = [
    "flux_schnell.json",
    "basic_mask_operations_and_compositing.json",
    "image_anima_base_v1.json",
    "video_wan2_2_14B_t2v.json",
    "3d_hunyuan3d-v2.1.json",
]


@pytest.mark.parametrize("name", SAMPLES)
def test_opening_and_saving_an_official_file_changes_no_byte(editor: EditorPage, name: str) -> None:
    content = (templates() / name).read_bytes()
    editor.open(small(), "beside.json")
    drop(editor.page, (name, "application/json", content))
    expect(tab(editor.page, Path(name).stem)).to_have_attribute("aria-current", "page")
    save_as(editor.page, f"official/{Path(name).stem}")
    assert (folder(editor.server) / "official" / name).read_bytes() == content


def test_both_formats_are_given_out(editor: EditorPage) -> None:
    page = editor.page
    editor.open(EXAMPLE, "given/out.json")
    exported: dict[str, Any] = {}
    for action in ("Export workflow", "Export in API format"):
        tab(page, "out").click(button="right")
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=action).click()
        exported[download.value.suggested_filename] = Path(download.value.path()).read_text(encoding="utf-8")
    assert set(exported) == {"out.json", "out.api.json"}
    assert exported["out.json"] == EXAMPLE
    prompt = json.loads(exported["out.api.json"])
    assert "KSampler" in {node["class_type"] for node in prompt.values()}


def test_a_pasted_text_opens(editor: EditorPage) -> None:
    page = editor.page
    editor.open(small(), "pasted-into.json")
    page.keyboard.press("Control+o")
    search = page.get_by_role("textbox", name="Search your workflows")
    search.evaluate(
        """(field, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        json.dumps(small("Pasted")),
    )
    expect(editor.node("Pasted")).to_be_visible()


def test_what_is_missing_is_reported_and_the_rest_is_whole(editor: EditorPage) -> None:
    page = editor.page
    workflow = json.loads(EXAMPLE)
    loader = next(node for node in workflow["nodes"] if node["type"] == "CheckpointLoaderSimple")
    loader["widgets_values"] = ["absent.safetensors"]
    model = {"name": "absent.safetensors", "url": "https://example.com/absent.safetensors", "directory": "checkpoints"}
    loader["properties"]["models"] = [model]
    stranger = small("Stranger")["nodes"][0]
    stranger |= {"id": 900, "type": "PackNode", "title": "Stranger", "pos": [0, -400]}
    stranger["properties"] = {"cnr_id": "some-pack"}
    workflow["nodes"].append(stranger)
    text = json.dumps(workflow)

    editor.open(text, "missing.json")
    page.get_by_role("button", name="What to do").click()
    report = page.get_by_role("dialog", name="What this workflow lacks")
    expect(report).to_contain_text("PackNode")
    expect(report.get_by_role("link", name="About some-pack")).to_be_visible()
    expect(report).to_contain_text("nodegraph models add https://example.com/absent.safetensors")
    report.get_by_role("button", name="Show Stranger").click()
    expect(report).to_be_hidden()
    expect(editor.node("Stranger")).to_be_visible()
    editor.saved()
    assert editor.file.read_text() == text
