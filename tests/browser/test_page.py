"""What a person does with the page, in a real browser against a real server and worker."""

import io
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from page_server import Server, Workflow, json_file, text_to_image
from PIL import Image
from playwright.sync_api import Locator, Page, expect

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"


def visit(page: Page, server: Server) -> None:
    """Come to the page, and wait for the example that it begins with: it takes the place of the first file chooser."""
    page.goto(server.url)
    expect(page.get_by_text("Connected")).to_be_visible()
    expect(page.get_by_role("button", name="Close this workflow")).to_be_visible()


def choose(page: Page, name: str, workflow: object) -> None:
    page.locator("input[type=file]").set_input_files(json_file(name, workflow))


def queue(page: Page, workflow: Workflow, *, name: str = "portrait.json") -> None:
    choose(page, name, workflow)
    expect(page.get_by_role("heading", name=name.removesuffix(".json"))).to_be_visible()
    page.get_by_role("button", name="Queue").click()


def node(page: Page, title: str, state: str) -> Locator:
    row = page.get_by_label("Nodes in this workflow").get_by_role("listitem").filter(has_text=title)
    return row.get_by_role("img", name=state)


def test_from_file_to_picture(page: Page, server: Server) -> None:
    visit(page, server)
    expect(page.get_by_text("small.safetensors")).to_be_visible()
    seed = 2**64 - 1
    choose(page, "portrait.json", text_to_image(seed=seed, steps=25))
    expect(page.get_by_role("heading", name="portrait")).to_be_visible()
    expect(page.get_by_text("7 nodes")).to_be_visible()

    page.get_by_role("button", name="Queue").click()
    expect(page.get_by_alt_text("Preview of the picture in progress")).to_be_visible()
    expect(node(page, "Sampler", "Running")).to_be_visible()
    expect(page.get_by_text("1 in queue")).to_be_visible()

    picture = page.get_by_alt_text("Picture lighthouse_00001_.png")
    expect(picture).to_be_visible()
    expect(page.get_by_text("Done in")).to_be_visible()
    expect(page.get_by_text("Queue empty")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Progress of the run")).to_have_attribute("aria-valuenow", "100")
    assert picture.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [64, 64]

    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    saved = server.home / "output" / "lighthouse_00001_.png"
    assert Path(download.value.path()).read_bytes() == saved.read_bytes()
    # No digit of the seed was lost on its way through the browser.
    prompt = json.loads(Image.open(saved).info["prompt"])
    assert prompt["5"]["inputs"]["seed"] == seed


def test_a_saved_picture_brings_its_workflow_back(page: Page, server: Server) -> None:
    visit(page, server)
    queue(page, text_to_image(seed=2))
    source = page.get_by_alt_text("Picture lighthouse").get_attribute("src")
    assert source is not None
    picture = page.request.get(server.url.rstrip("/") + source).body()
    page.reload()
    drop(page, "found.png", picture)
    expect(page.get_by_role("heading", name="found")).to_be_visible()
    page.get_by_role("button", name="Queue").click()
    expect(page.get_by_alt_text("Picture lighthouse")).to_be_visible()
    expect(node(page, "Sampler", "Unchanged, result kept")).to_be_visible()


def test_a_reload_keeps_the_workflow_and_its_run(page: Page, server: Server) -> None:
    visit(page, server)
    queue(page, text_to_image(seed=7, steps=5000))
    expect(node(page, "Sampler", "Running")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="portrait")).to_be_visible()
    expect(node(page, "Sampler", "Running")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()


def test_opens_with_an_example_that_one_click_runs(page: Page, server: Server) -> None:
    visit(page, server)
    expect(page.get_by_role("heading", name="Text to image")).to_be_visible()
    page.get_by_role("button", name="Queue").click()
    expect(page.get_by_alt_text("Picture text-to-image_00001_.png")).to_be_visible()
    page.get_by_role("button", name="Queue again").click()
    expect(page.get_by_alt_text("Picture text-to-image_00002_.png")).to_be_visible()  # of another seed
    expect(node(page, "Prompt", "Unchanged, result kept").first).to_be_visible()


def test_shows_what_each_example_paints(page: Page, bare_server: Server) -> None:
    visit(page, bare_server)
    examples = page.get_by_label("Examples")
    for name in ("Text to image", "Batch of seeds", "Inpainting"):
        expect(examples.get_by_role("button", name=name)).to_be_visible()
    examples.get_by_role("button", name="Inpainting").click()
    expect(page.get_by_role("heading", name="Inpainting")).to_be_visible()
    page.get_by_role("button", name="Close this workflow").click()
    examples.get_by_role("button", name="Image to image").click()
    expect(page.get_by_role("heading", name="Image to image")).to_be_visible()
    page.get_by_role("button", name="Examples").click()
    expect(page.get_by_role("heading", name="Open a workflow to begin")).to_be_visible()


def test_says_which_file_a_workflow_lacks(page: Page, bare_server: Server) -> None:
    workflow = text_to_image(seed=1)
    visit(page, bare_server)
    queue(page, workflow)
    problems = page.get_by_role("alert")
    expect(problems).to_contain_text("small.safetensors was not found")
    expect(problems).to_contain_text(str(bare_server.home / "models" / "checkpoints"))
    expect(problems.get_by_text("nodegraph models add URL_OR_PATH --kind checkpoints", exact=True)).to_be_visible()
    expect(problems.get_by_role("button", name="Copy the command")).to_be_visible()


def drop(page: Page, name: str, content: bytes) -> None:
    """Drag a file over the page and let it go."""
    transfer = page.evaluate_handle(
        """([name, bytes]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], name));
            return transfer;
        }""",
        [name, list(content)],
    )
    page.dispatch_event("body", "dragover", {"dataTransfer": transfer})
    expect(page.get_by_text("Drop to open")).to_be_visible()
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})
    expect(page.get_by_text("Drop to open")).to_be_hidden()


def test_says_what_is_wrong_with_which_node(page: Page, server: Server) -> None:
    workflow = text_to_image(seed=3)
    workflow["1"]["inputs"]["ckpt_name"] = "missing.safetensors"
    workflow["5"]["inputs"]["steps"] = 0
    visit(page, server)
    queue(page, workflow)
    problems = page.get_by_role("alert")
    expect(problems).to_contain_text("The workflow cannot run yet")
    expect(problems).to_contain_text("Checkpoint")
    expect(problems).to_contain_text("missing.safetensors")
    expect(problems).to_contain_text("Sampler")
    expect(problems).to_contain_text("steps")
    expect(node(page, "Sampler", "Needs attention")).to_be_visible()


def test_takes_a_file_that_is_there_for_one_that_is_not(page: Page, server: Server) -> None:
    workflow = text_to_image(seed=8)
    workflow["1"]["inputs"]["ckpt_name"] = "somebody's/own.safetensors"
    visit(page, server)
    queue(page, workflow)
    page.get_by_role("button", name="Use small.safetensors").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    page.get_by_role("button", name="Queue").click()
    expect(page.get_by_alt_text("Picture lighthouse")).to_be_visible()


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_words_stay_inside_their_boxes(page: Page, server: Server, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    workflow = text_to_image(seed=9)
    workflow["1"]["inputs"]["ckpt_name"] = f"{'long' * 40}.safetensors"
    visit(page, server)
    queue(page, workflow)
    problems = page.get_by_role("alert")
    expect(problems).to_be_visible()
    sticking_out = problems.evaluate(
        """box => [...box.querySelectorAll("*")]
            .filter(part => part.getBoundingClientRect().right > box.getBoundingClientRect().right)
            .map(part => part.outerHTML)"""
    )
    assert sticking_out == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_on_a_phone_the_picture_comes_first(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, server)
    queue(page, text_to_image(seed=10))
    expect(page.get_by_alt_text("Picture lighthouse")).to_be_in_viewport()


def test_names_the_node_a_run_fails_at(page: Page, server: Server) -> None:
    (server.home / "input").mkdir(exist_ok=True)
    (server.home / "input" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n but no more")
    workflow: Workflow = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "broken.png"}, "_meta": {"title": "The photograph"}},
        "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    }
    visit(page, server)
    queue(page, workflow)
    report = page.get_by_role("alert")
    expect(report).to_contain_text("“The photograph” could not finish")
    expect(report).to_contain_text("broken.png")
    expect(node(page, "The photograph", "Failed")).to_be_visible()


def test_cancels_a_run(page: Page, server: Server) -> None:
    visit(page, server)
    queue(page, text_to_image(seed=4, steps=5000))
    expect(node(page, "Sampler", "Running")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
    expect(page.get_by_text("Queue empty")).to_be_visible()


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"{", "neither JSON nor a PNG"), (b"[]", "not a workflow"), (b"{}", "no nodes")],
)
def test_says_why_a_file_cannot_be_opened(page: Page, server: Server, content: bytes, reason: str) -> None:
    visit(page, server)
    page.locator("input[type=file]").set_input_files(
        {"name": "notes.json", "mimeType": "application/json", "buffer": content}
    )
    expect(page.get_by_role("alert")).to_contain_text("notes.json could not be opened")
    expect(page.get_by_role("alert")).to_contain_text(reason)


def test_a_picture_without_a_workflow_says_so(page: Page, server: Server) -> None:
    plain = io.BytesIO()
    Image.new("RGB", (8, 8)).save(plain, "PNG")
    visit(page, server)
    drop(page, "holiday.png", plain.getvalue())
    expect(page.get_by_role("alert")).to_contain_text("carries no workflow")


def test_says_where_a_checkpoint_belongs(page: Page, bare_server: Server) -> None:
    visit(page, bare_server)
    expect(page.get_by_text("No checkpoint found yet")).to_be_visible()
    expect(page.get_by_text(str(bare_server.home / "models" / "checkpoints"))).to_be_visible()
    expect(page.get_by_text("nodegraph models add sd-1.5")).to_be_visible()


def test_shows_that_the_server_is_gone_and_finds_it_again(page: Page, bare_server: Server) -> None:
    visit(page, bare_server)
    bare_server.stop()
    expect(page.get_by_role("alert")).to_contain_text("The connection to the server was lost.")
    port = urlsplit(bare_server.url).port
    assert port is not None
    bare_server.start(port)
    expect(page.get_by_role("alert")).to_be_hidden()
    queue(page, {"1": {"class_type": "EmptyImage", "inputs": {}}, "2": {"class_type": "PreviewImage", "inputs": {}}})
    expect(page.get_by_role("alert")).to_contain_text("The workflow cannot run yet")


def test_works_by_keyboard_alone(page: Page, server: Server) -> None:
    visit(page, server)
    with page.expect_file_chooser() as chooser:
        tab_to(page, "Open another…")
        page.keyboard.press("Enter")
    chooser.value.set_files(json_file("keys.json", text_to_image(seed=5)))
    tab_to(page, "Queue")
    page.keyboard.press("Space")
    expect(page.get_by_alt_text("Picture lighthouse")).to_be_visible()
    tab_to(page, "Download")


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus says ``name``."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == name:
            return
    raise AssertionError(f"{name!r} cannot be reached by Tab")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_is_accessible(page: Page, server: Server, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    visit(page, server)
    page.evaluate(AXE.read_text())
    assert violations(page) == []
    broken = text_to_image(seed=6)
    broken["5"]["inputs"]["steps"] = 0
    queue(page, broken)
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []
    queue(page, text_to_image(seed=6))
    expect(page.get_by_alt_text("Picture lighthouse")).to_be_visible()
    assert violations(page) == []


def violations(page: Page) -> list[str]:
    found = page.evaluate("axe.run().then(result => result.violations)")
    return [f"{rule['id']}: {[place['html'] for place in rule['nodes']]}" for rule in found]
