"""The widgets of nodes, by pointer and keyboard alone; what is asserted is the saved file or what the server has."""

import base64
import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from editor_page import Canvas, EditorPage, box, named
from page_server import CHECKPOINT, Server
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from support import tiny_checkpoint

SEED = 18446744073709551614

SAMPLER = ("KSampler", [SEED, "randomize", 20, 7.0, "euler", "normal", 1.0])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With a checkpoint, a node with a slider, and two pictures."""
    server = Server(tmp_path_factory.mktemp("home"))
    models = server.home / "models"
    tiny_checkpoint.write(models / "checkpoints" / CHECKPOINT)
    packs = server.home / "custom_nodes"
    packs.mkdir()
    shutil.copy(Path(__file__).with_name("widget_pack.py"), packs)
    pictures = server.home / "input"
    pictures.mkdir()
    Image.new("RGB", (96, 64), "teal").save(pictures / "teal.png")
    Image.new("RGB", (96, 64), "orange").save(pictures / "orange.png")
    server.start()
    yield server
    server.stop()


def flow(*nodes: tuple[str, list[Any]]) -> Canvas:
    """Nodes beside each other, seen at their own size."""
    placed = [
        {
            "id": number,
            "type": kind,
            "pos": [40 + 340 * (number - 1), 60],
            "size": [310, 330],
            "flags": {},
            "order": number,
            "mode": 0,
            "inputs": [],
            "outputs": [],
            "properties": {},
            "widgets_values": values,
        }
        for number, (kind, values) in enumerate(nodes, 1)
    ]
    view = {"ds": {"scale": 1, "offset": [40, 40]}}
    return {"last_node_id": len(nodes), "last_link_id": 0, "nodes": placed, "links": [], "extra": view, "version": 0.4}


def values(editor: EditorPage, kind: str) -> list[Any]:
    found: list[Any] = named(editor.saved(), kind)["widgets_values"]
    return found


def at(widget: Locator, x: float) -> tuple[float, float]:
    """A place on a widget's row; a negative ``x`` counts from its right end."""
    frame = box(widget)
    return frame["x"] + (x if x >= 0 else frame["width"] + x), frame["y"] + frame["height"] / 2


def picture_bytes(color: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (32, 32), color).save(stream, "png")
    return stream.getvalue()


# ---- numbers ----


def test_numbers_are_dragged_and_a_drag_is_undone_as_one(editor: EditorPage) -> None:
    editor.open(flow(SAMPLER))
    steps = editor.widget("KSampler", "steps")
    x, y = at(steps, 140)
    editor.drag((x, y), (x + 40, y))
    assert values(editor, "KSampler")[2] == 30
    editor.page.keyboard.press("Control+z")
    assert values(editor, "KSampler")[2] == 20
    cfg = editor.widget("KSampler", "cfg")
    editor.page.keyboard.down("Shift")
    editor.drag(at(cfg, 140), (at(cfg, 140)[0] + 20, at(cfg, 140)[1]))
    editor.page.keyboard.up("Shift")
    assert values(editor, "KSampler")[3] == 7.05


def test_numbers_step_by_their_arrows_and_by_keys(editor: EditorPage) -> None:
    editor.open(flow(SAMPLER, ("EmptyLatentImage", [512, 512, 1])))
    steps = editor.widget("KSampler", "steps")
    editor.click(at(steps, -16))
    editor.click(at(steps, 16))
    editor.click(at(steps, 16))
    assert values(editor, "KSampler")[2] == 19
    editor.widget("KSampler", "cfg").get_by_role("spinbutton").focus()
    for key in ("ArrowUp", "Shift+ArrowUp", "ArrowDown"):
        editor.page.keyboard.press(key)
    assert values(editor, "KSampler")[3] == 8
    editor.widget("Empty Latent Image", "width").get_by_role("spinbutton").focus()
    editor.page.keyboard.press("ArrowUp")
    assert values(editor, "EmptyLatentImage")[0] == 520


def test_keys_that_come_faster_than_frames_all_count(editor: EditorPage) -> None:
    editor.open(flow(SAMPLER, ("EmptyLatentImage", [512, 512, 1])))
    editor.widget("KSampler", "steps").get_by_role("spinbutton").evaluate(
        """row => {
            for (const [key, shiftKey] of [["ArrowUp", false], ["ArrowUp", true], ["ArrowDown", false]])
                row.dispatchEvent(new KeyboardEvent("keydown", {key, shiftKey, bubbles: true}));
        }"""
    )
    assert values(editor, "KSampler")[2] == 30


def test_typing_replaces_the_number_that_was_there_whatever_its_length(editor: EditorPage) -> None:
    editor.open(flow(("EmptyLatentImage", [512, 512, 1])))
    batch = editor.widget("Empty Latent Image", "batch_size")
    editor.click(at(batch, 120))
    editor.page.keyboard.type("4")
    editor.page.keyboard.press("Enter")
    assert values(editor, "EmptyLatentImage") == [512, 512, 4]
    expect(batch.get_by_role("spinbutton")).to_be_focused()
    editor.page.keyboard.type("12")
    editor.page.keyboard.press("Enter")
    assert values(editor, "EmptyLatentImage") == [512, 512, 12]


def test_a_sum_can_be_typed_into_a_number(editor: EditorPage) -> None:
    editor.open(flow(SAMPLER, ("EmptyLatentImage", [512, 512, 1])))
    width = editor.widget("Empty Latent Image", "width")
    editor.click(at(width, 120))
    editor.page.keyboard.type("512*1.5")
    expect(width).to_contain_text("= 768")
    editor.page.keyboard.press("Enter")
    expect(width.get_by_role("spinbutton")).to_be_focused()
    editor.page.keyboard.press("Tab")
    editor.page.keyboard.type("(2^10 - 32) / 2")
    editor.page.keyboard.press("Enter")
    assert values(editor, "EmptyLatentImage") == [768, 496, 1]


def test_a_number_keeps_to_its_limits_and_says_so(editor: EditorPage) -> None:
    editor.open(flow(SAMPLER, ("EmptyLatentImage", [512, 512, 1])))
    for name, typed, said in (("steps", "99999", "at most 10000"), ("cfg", "-3", "at least 0")):
        widget = editor.widget("KSampler", name)
        editor.click(at(widget, 120))
        editor.page.keyboard.type(typed)
        expect(widget).to_contain_text(said)
        editor.page.keyboard.press("Enter")
    width = editor.widget("Empty Latent Image", "width")
    editor.click(at(width, 120))
    editor.page.keyboard.type("513")
    expect(width).to_contain_text("nearest step: 512")
    editor.page.keyboard.press("Escape")
    editor.click(at(width, 120))
    editor.page.keyboard.type("12 apples")
    expect(width).to_contain_text("not a number")
    editor.page.keyboard.press("Enter")
    saved = editor.saved()
    assert named(saved, "KSampler")["widgets_values"][2:4] == [10000, 0]
    assert named(saved, "EmptyLatentImage")["widgets_values"][0] == 512


def test_a_slider_goes_where_the_pointer_is(editor: EditorPage) -> None:
    editor.open(flow(("TestSlider", [0.5])))
    amount = editor.widget("TestSlider", "amount")
    frame = box(amount.get_by_role("spinbutton"))
    y = frame["y"] + frame["height"] / 2
    editor.drag((frame["x"] + frame["width"] / 2, y), (frame["x"] + frame["width"] * 0.8, y))
    assert values(editor, "TestSlider")[0] == 0.8
    editor.page.keyboard.press("ArrowDown")
    assert values(editor, "TestSlider")[0] == 0.75


# ---- seeds ----


def test_a_seed_of_64_bits_keeps_all_its_digits(editor: EditorPage) -> None:
    editor.open(flow(SAMPLER))
    editor.click(at(editor.widget("KSampler", "seed"), 120))
    editor.page.keyboard.type("2^64 - 1")
    editor.page.keyboard.press("Enter")
    assert values(editor, "KSampler")[0] == 2**64 - 1


def test_what_becomes_of_a_seed_is_chosen_in_its_row(editor: EditorPage) -> None:
    editor.open(flow(SAMPLER))
    seed = editor.widget("KSampler", "seed")
    for choice in ("Fixed", "Increment", "Decrement", "Randomize"):
        seed.get_by_role("button", name="after each run").click()
        editor.page.get_by_role("menuitem", name=choice).click()
        assert values(editor, "KSampler")[:2] == [SEED, choice.lower()]


def test_a_new_seed_comes_from_its_die(editor: EditorPage) -> None:
    editor.open(flow(SAMPLER))
    editor.widget("KSampler", "seed").get_by_role("button", name="New random seed").click()
    first = values(editor, "KSampler")[0]
    editor.page.keyboard.press("Enter")
    second = values(editor, "KSampler")[0]
    assert len({SEED, first, second}) == 3
    assert 0 <= second < 2**64


# ---- combos ----


def test_a_combo_is_searched_by_keyboard(editor: EditorPage) -> None:
    editor.open(flow(SAMPLER))
    sampler = editor.widget("KSampler", "sampler_name").get_by_role("combobox")
    sampler.focus()
    editor.page.keyboard.press("Enter")
    expect(editor.page.get_by_role("textbox", name="Search sampler_name")).to_be_focused()
    editor.page.keyboard.type("2m sde")
    expect(editor.page.get_by_role("option").first).to_contain_text("dpmpp_2m_sde")
    editor.page.keyboard.press("Enter")
    expect(sampler).to_be_focused()
    assert values(editor, "KSampler")[4].startswith("dpmpp_2m_sde")


def test_a_combo_is_opened_and_chosen_from_by_pointer(editor: EditorPage) -> None:
    editor.open(flow(SAMPLER))
    editor.widget("KSampler", "scheduler").click()
    editor.page.get_by_role("option", name="karras", exact=True).click()
    expect(editor.page.get_by_role("listbox")).to_have_count(0)
    assert values(editor, "KSampler")[5] == "karras"


def test_a_missing_file_is_shown_and_another_chosen_after_a_refresh(editor: EditorPage, server: Server) -> None:
    editor.open(flow(("CheckpointLoaderSimple", ["gone.safetensors"])))
    name = editor.widget("Load Checkpoint", "ckpt_name")
    expect(name.get_by_role("combobox")).to_have_accessible_name(
        "ckpt_name: gone.safetensors is not there: choose another"
    )
    name.click()
    option = editor.page.get_by_role("option", name="later.safetensors")
    expect(editor.page.get_by_role("option", name=CHECKPOINT)).to_be_visible()
    expect(option).to_have_count(0)
    tiny_checkpoint.write(server.home / "models" / "checkpoints" / "new" / "later.safetensors")
    editor.page.get_by_role("button", name="Refresh the list").click()
    option.click()
    assert values(editor, "CheckpointLoaderSimple") == ["new/later.safetensors"]


# ---- texts ----

PROMPT = ("CLIPTextEncode", ["a red cat on a table"])


def test_weights_are_raised_and_lowered_by_keys(editor: EditorPage) -> None:
    editor.open(flow(PROMPT))
    editor.widget("CLIP Text Encode", "text").click()
    press = editor.page.keyboard.press
    press("Control+Home")
    for key in ("Control+ArrowRight", "ArrowRight", "ArrowRight"):  # into "red"
        press(key)
    press("Control+ArrowUp")
    press("Control+ArrowUp")
    assert values(editor, "CLIPTextEncode") == ["a (red:1.1) cat on a table"]
    for _ in range(3):
        press("Control+ArrowDown")
    assert values(editor, "CLIPTextEncode") == ["a (red:0.95) cat on a table"]
    press("Control+ArrowUp")
    assert values(editor, "CLIPTextEncode") == ["a red cat on a table"]
    press("Control+z")
    assert values(editor, "CLIPTextEncode") == ["a (red:0.95) cat on a table"]


def test_typing_is_kept_and_undone_as_one(editor: EditorPage) -> None:
    editor.open(flow(PROMPT))
    text = editor.widget("CLIP Text Encode", "text")
    text.click()
    editor.page.keyboard.press("Control+End")
    editor.page.keyboard.type(",\nat night")
    assert values(editor, "CLIPTextEncode") == ["a red cat on a table,\nat night"]
    editor.page.keyboard.press("Escape")
    expect(text.get_by_role("textbox")).to_be_focused()
    editor.page.keyboard.press("Control+z")
    assert values(editor, "CLIPTextEncode") == ["a red cat on a table"]


def test_tokens_are_counted_against_77_while_typing(editor: EditorPage) -> None:
    editor.open(flow(PROMPT))
    text = editor.widget("CLIP Text Encode", "text")
    meter = text.locator("[data-tokens]")
    expect(meter).to_have_text("8 / 77")
    text.click()
    editor.page.keyboard.press("Control+a")
    editor.page.keyboard.type("a (photo:1.3) of a cat")
    expect(meter).to_have_text("7 / 77")
    editor.page.keyboard.insert_text(", cat" * 50)
    expect(meter).to_have_text("109 / 2 \u00d7 77")
    expect(meter).to_have_attribute("data-over", "true")


def test_a_line_of_text_is_edited_in_its_row(editor: EditorPage) -> None:
    editor.open(flow(("SaveImage", ["ComfyUI"])))
    editor.widget("Save Image", "filename_prefix").click()
    editor.page.keyboard.press("Control+a")
    editor.page.keyboard.type("cats/red")
    editor.page.keyboard.press("Enter")
    assert values(editor, "SaveImage") == ["cats/red"]


# ---- pictures ----

LOADER = ("LoadImage", ["teal.png", "image"])


def test_a_picture_is_picked_by_its_thumbnail(editor: EditorPage) -> None:
    editor.open(flow(LOADER))
    editor.widget("Load Image", "image").get_by_role("combobox").click(position={"x": 100, "y": 10})
    option = editor.page.get_by_role("option", name="orange.png")
    shown = option.locator("img")
    expect(shown).to_have_js_property("naturalWidth", 96)
    option.click()
    assert values(editor, "LoadImage")[0] == "orange.png"


def test_a_picture_is_uploaded(editor: EditorPage, server: Server) -> None:
    editor.open(flow(LOADER))
    with editor.page.expect_file_chooser() as chooser:
        editor.widget("Load Image", "image").get_by_role("button", name="Upload a file").click()
    file = {"name": "chosen.png", "mimeType": "image/png", "buffer": picture_bytes("navy")}
    chooser.value.set_files(file)  # type: ignore[arg-type]
    expect(editor.widget("Load Image", "image").get_by_role("combobox")).to_have_accessible_name("image: chosen.png")
    assert values(editor, "LoadImage")[0] == "chosen.png"
    assert (server.home / "input" / "chosen.png").read_bytes() == picture_bytes("navy")


def transfer(page: Page, name: str, content: bytes) -> Any:
    """What a drag from the desktop, or the clipboard, brings."""
    return page.evaluate_handle(
        """([name, content]) => {
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], name, {type: "image/png"}));
            return data;
        }""",
        [name, base64.b64encode(content).decode()],
    )


def test_a_picture_is_dropped_on_its_node(editor: EditorPage, server: Server) -> None:
    editor.open(flow(LOADER))
    node = editor.node("Load Image")
    data = transfer(editor.page, "dropped.png", picture_bytes("olive"))
    for kind in ("dragenter", "dragover", "drop"):
        node.dispatch_event(kind, {"dataTransfer": data})
    row = editor.widget("Load Image", "image").get_by_role("combobox")
    expect(row).to_have_accessible_name("image: dropped.png")
    assert values(editor, "LoadImage")[0] == "dropped.png"
    assert (server.home / "input" / "dropped.png").read_bytes() == picture_bytes("olive")


@pytest.mark.parametrize("focused", ["node", "row"])
def test_a_picture_is_pasted_into_the_node_that_has_the_focus(editor: EditorPage, server: Server, focused: str) -> None:
    editor.open(flow(LOADER))
    row = editor.widget("Load Image", "image").get_by_role("combobox")
    target = row if focused == "row" else editor.node("Load Image")
    target.focus()
    name, content = f"pasted-{focused}.png", picture_bytes("maroon")
    target.evaluate(
        "(it, data) => it.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}))",
        transfer(editor.page, name, content),
    )
    expect(row).to_have_accessible_name(f"image: {name}")
    saved = editor.saved()
    assert named(saved, "LoadImage")["widgets_values"][0] == name  # and there is no second node
    assert (server.home / "input" / name).read_bytes() == content


def test_a_file_that_is_no_picture_is_refused_in_words(editor: EditorPage) -> None:
    editor.open(flow(LOADER))
    with editor.page.expect_file_chooser() as chooser:
        editor.widget("Load Image", "image").get_by_role("button", name="Upload a file").click()
    file = {"name": "broken.png", "mimeType": "image/png", "buffer": b"no picture"}
    chooser.value.set_files(file)  # type: ignore[arg-type]
    expect(editor.page.get_by_role("alert").filter(has_text="“broken.png” could not be uploaded")).to_be_visible()
    assert values(editor, "LoadImage")[0] == "teal.png"


# ---- masks ----


def open_mask(editor: EditorPage) -> Locator:
    editor.widget("Load Image", "image").get_by_role("button", name="Paint a mask").click()
    stage = editor.page.get_by_role("application", name="Picture with its mask")
    expect(stage.locator("canvas")).to_be_visible()
    expect(stage).to_be_focused()
    return stage


def stroke(editor: EditorPage, stage: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one place of the picture to another, as parts of its width and height."""
    frame = box(stage.locator("canvas"))

    def spot(place: tuple[float, float]) -> tuple[float, float]:
        return frame["x"] + place[0] * frame["width"], frame["y"] + place[1] * frame["height"]

    editor.drag(spot(start), spot(end))


def masked(editor: EditorPage, server: Server) -> Image.Image:
    """Save the mask and the workflow; the picture that its node names then, on the server's disk."""
    editor.page.keyboard.press("Enter")
    expect(editor.page.get_by_role("dialog")).to_have_count(0)
    name = values(editor, "LoadImage")[0]
    assert name.startswith("clipspace/")
    assert name.endswith(" [input]")
    return Image.open(server.home / "input" / name.removesuffix(" [input]"))


def hidden(picture: Image.Image, x: int, y: int) -> int:
    """How much of a pixel is masked."""
    pixel = picture.convert("RGBA").getpixel((x, y))
    assert isinstance(pixel, tuple)
    return 255 - pixel[3]


def test_a_mask_is_painted_and_erased(editor: EditorPage, server: Server) -> None:
    editor.open(flow(LOADER))
    stage = open_mask(editor)
    for _ in range(4):
        editor.page.keyboard.press("]")
    stroke(editor, stage, (0.2, 0.5), (0.8, 0.5))
    editor.page.keyboard.press("e")
    stroke(editor, stage, (0.6, 0.5), (0.9, 0.5))
    picture = masked(editor, server)
    assert picture.size == (96, 64)
    assert (hidden(picture, 30, 32), hidden(picture, 70, 32), hidden(picture, 30, 5)) == (255, 0, 0)
    # Its colours are those of the original, also under the mask.
    assert picture.convert("RGBA").getpixel((30, 32))[:3] == (0, 128, 128)  # type: ignore[index]


def test_a_mask_is_painted_with_a_finger_and_two_of_them_move_the_picture(editor: EditorPage, server: Server) -> None:
    editor.open(flow(LOADER))
    stage = open_mask(editor)
    touch = editor.page.context.new_cdp_session(editor.page)
    frame = box(stage.locator("canvas"))
    middle = frame["y"] + frame["height"] / 2

    def fingers(kind: str, *places: float) -> None:
        """At parts of the picture's width, halfway down."""
        points = [{"x": frame["x"] + x * frame["width"], "y": middle, "id": at} for at, x in enumerate(places)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", 0.2)
    for x in (0.25, 0.3, 0.35, 0.4):
        fingers("touchMove", x)
    fingers("touchEnd")

    fingers("touchStart", 0.6)
    fingers("touchStart", 0.6, 0.8)
    for apart in (0.12, 0.16, 0.2):
        fingers("touchMove", 0.7 - apart, 0.7 + apart)
    fingers("touchEnd", 0.7 - 0.2)
    fingers("touchMove", 0.55)  # the one that stays does not paint
    fingers("touchEnd")
    expect(stage.locator("canvas")).not_to_have_css("width", "0px")
    assert box(stage.locator("canvas"))["width"] == pytest.approx(frame["width"] * 2, rel=0.05)

    picture = masked(editor, server)
    assert [hidden(picture, x, 32) for x in (29, 52, 67, 80)] == [255, 0, 0, 0]


def test_strokes_are_undone_and_done_again(editor: EditorPage, server: Server) -> None:
    editor.open(flow(LOADER))
    stage = open_mask(editor)
    stroke(editor, stage, (0.2, 0.2), (0.4, 0.2))
    stroke(editor, stage, (0.2, 0.8), (0.4, 0.8))
    stroke(editor, stage, (0.7, 0.8), (0.9, 0.8))
    editor.page.keyboard.press("Control+z")
    editor.page.keyboard.press("Control+z")
    editor.page.keyboard.press("Control+y")
    picture = masked(editor, server)
    assert [hidden(picture, x, y) for x, y in ((29, 13), (29, 51), (77, 51))] == [255, 255, 0]


def test_a_mask_is_inverted_and_feathered(editor: EditorPage, server: Server) -> None:
    editor.open(flow(LOADER))
    stage = open_mask(editor)
    for _ in range(4):
        editor.page.keyboard.press("]")
    stroke(editor, stage, (0.1, 0.5), (0.5, 0.5))
    editor.page.get_by_role("button", name="Invert").click()
    editor.page.get_by_role("button", name="Feather the mask").click()
    stage.focus()
    picture = masked(editor, server)
    assert hidden(picture, 30, 32) < 120
    assert hidden(picture, 90, 5) == 255
    assert len({hidden(picture, 30, y) for y in range(32, 50)}) > 6


def test_a_mask_is_painted_by_keys_alone(editor: EditorPage, server: Server) -> None:
    editor.open(flow(LOADER))
    open_mask(editor)
    for _ in range(5):
        editor.page.keyboard.press("Shift+ArrowRight")
    picture = masked(editor, server)
    assert (hidden(picture, 50, 32), hidden(picture, 20, 32)) == (255, 0)


def test_a_mask_is_taken_up_again(editor: EditorPage, server: Server) -> None:
    editor.open(flow(LOADER))
    stage = open_mask(editor)
    stroke(editor, stage, (0.2, 0.5), (0.4, 0.5))
    masked(editor, server)
    stage = open_mask(editor)
    stroke(editor, stage, (0.7, 0.5), (0.9, 0.5))
    picture = masked(editor, server)
    assert [hidden(picture, x, 32) for x in (29, 77, 52)] == [255, 255, 0]


def test_what_was_painted_is_not_lost_by_a_slip(editor: EditorPage) -> None:
    editor.open(flow(LOADER))
    stage = open_mask(editor)
    stroke(editor, stage, (0.2, 0.5), (0.4, 0.5))
    editor.page.keyboard.press("Escape")
    editor.page.get_by_role("button", name="Go on painting").click()
    expect(stage).to_be_visible()
    editor.page.get_by_role("button", name="Cancel").click()
    editor.page.get_by_role("button", name="Discard").click()
    expect(editor.page.get_by_role("dialog")).to_have_count(0)
    assert values(editor, "LoadImage")[0] == "teal.png"


# ---- colours, toggles and the rest ----


def test_colours_are_picked_and_typed(editor: EditorPage) -> None:
    editor.open(flow(("EmptyImage", [64, 64, 1, 0])))
    color = editor.widget("Empty Image", "color").get_by_role("button")
    color.click()
    editor.page.get_by_role("button", name="#4a90e2").click()
    editor.page.keyboard.press("Escape")
    expect(color).to_be_focused()
    assert values(editor, "EmptyImage")[3] == 0x4A90E2
    editor.page.keyboard.press("Enter")
    editor.page.get_by_role("textbox", name="color").click()
    editor.page.keyboard.press("Control+a")
    editor.page.keyboard.type("#ff8000")
    editor.page.keyboard.press("Escape")
    assert values(editor, "EmptyImage")[3] == 0xFF8000


def test_toggles_turn_by_pointer_and_by_key(editor: EditorPage) -> None:
    editor.open(flow(("PrimitiveBoolean", [False])))
    toggle = editor.widget("Boolean", "value").get_by_role("switch")
    toggle.click()
    expect(toggle).to_be_checked()
    assert values(editor, "PrimitiveBoolean") == [True]
    toggle.press("Space")
    expect(toggle).not_to_be_checked()
    assert values(editor, "PrimitiveBoolean") == [False]
