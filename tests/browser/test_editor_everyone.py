"""What makes the editor everyone's: commands by name and key, languages, colours, tablets, readers, first pictures."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from editor_page import EditorPage, box, named
from page_server import Server
from playwright.sync_api import Browser, Locator, Page, expect

EXAMPLE = (Path(__file__).parents[2] / "workflows" / "text-to-image.json").read_text(encoding="utf-8")


def settings(editor: EditorPage) -> dict[str, Any]:
    """The user's settings, as the server has them."""
    answer: dict[str, Any] = editor.page.request.get(f"{editor.server.url}api/v1/settings").json()
    return answer


def wait_for_setting(editor: EditorPage, name: str, value: object) -> None:
    deadline = time.monotonic() + 10
    while settings(editor).get(f"nodegraph.{name}") != value:
        assert time.monotonic() < deadline, settings(editor)
        time.sleep(0.05)


@pytest.fixture
def example(editor: EditorPage) -> EditorPage:
    """The editor with the first example, saved as the user's."""
    editor.open(EXAMPLE)
    expect(editor.node("KSampler")).to_be_visible()
    return editor


def palette(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Commands")


def tab(page: Page, title: str) -> Locator:
    """The handle of an open workflow."""
    return page.locator("header").get_by_role("button", name=title, exact=True)


def adding(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Add a node")


def choose(page: Page, words: str) -> None:
    """Have the command palette do it."""
    page.keyboard.press("Control+k")
    expect(palette(page)).to_be_focused()
    page.keyboard.type(words)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(palette(page)).to_be_hidden()


# ---- commands ----


def test_the_command_palette_runs_commands_by_a_few_letters(example: EditorPage) -> None:
    page = example.page
    choose(page, "select all")
    choose(page, "mute")
    assert {node["mode"] for node in example.saved()["nodes"]} == {2}
    # What was done last is offered first, and needs no letters.
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_contain_text("Mute")
    page.keyboard.press("Enter")
    expect(palette(page)).to_be_hidden()
    assert {node["mode"] for node in example.saved()["nodes"]} == {0}


def test_the_command_palette_knows_the_widgets_of_the_selected_node(example: EditorPage) -> None:
    page = example.page
    page.keyboard.press("Control+k")
    page.keyboard.type("socket steps")
    expect(page.get_by_text("Give “steps” a socket")).to_have_count(0)
    page.keyboard.press("Escape")
    example.click(example.title("KSampler"))
    choose(page, "give steps a socket")
    inputs = named(example.saved(), "KSampler")["inputs"]
    assert [made["widget"] for made in inputs if made["name"] == "steps"] == [{"name": "steps"}]
    choose(page, "take the socket from steps")
    assert "steps" not in [made["name"] for made in named(example.saved(), "KSampler")["inputs"]]
    choose(page, "primitive of steps")
    assert "PrimitiveNode" in {node["type"] for node in example.saved()["nodes"]}


def test_the_command_palette_fits_a_node_to_its_content(example: EditorPage) -> None:
    wide = json.loads(EXAMPLE)
    named(wide, "KSampler")["size"] = [500, 700]
    example.open(wide, "wide.json")
    example.click(example.title("KSampler"))
    choose(example.page, "fit size to content")
    width, height = named(example.saved(), "KSampler")["size"]
    assert width < 500
    assert height < 700


def test_the_command_palette_opens_workflows_and_adds_nodes(example: EditorPage) -> None:
    page = example.page
    example.file.with_name("night train.json").write_text(EXAMPLE, encoding="utf-8")
    choose(page, "vae encode")
    assert "VAEEncode" in {node["type"] for node in example.saved()["nodes"]}
    page.keyboard.press("Control+k")
    page.keyboard.type("night train")
    page.get_by_role("option", name="night train").click()
    expect(tab(page, "night train")).to_have_attribute("aria-current", "page")
    page.keyboard.press("Control+k")
    page.keyboard.type("inpainting")
    # Nodes are called so too, and may be there before the examples are.
    page.get_by_role("option").filter(has_text=re.compile("^Inpainting")).click()
    expect(tab(page, "Inpainting")).to_have_attribute("aria-current", "page")


def test_a_dialog_gives_the_keyboard_back_and_keeps_commands_out(example: EditorPage) -> None:
    page = example.page
    button = page.get_by_role("button", name="Menu", exact=True)
    button.focus()
    page.keyboard.press("Control+k")
    expect(palette(page)).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")  # in the field, not on the canvas
    page.keyboard.press("Escape")
    expect(palette(page)).to_be_hidden()
    expect(button).to_be_focused()
    expect(page.locator("[data-selected]")).to_have_count(0)
    expect(example.node("KSampler")).to_be_visible()


def test_the_menu_has_the_same_commands_and_is_used_by_keyboard(example: EditorPage) -> None:
    page = example.page
    page.get_by_role("button", name="Menu", exact=True).focus()
    page.keyboard.press("Enter")
    view = page.get_by_role("menuitem", name="View")
    expect(view).to_be_visible()
    view.press("ArrowRight")
    minimap = page.get_by_role("menuitemcheckbox", name="Minimap")
    expect(minimap).to_have_attribute("aria-checked", "true")
    minimap.focus()
    page.keyboard.press("Enter")
    wait_for_setting(example, "minimap", False)
    expect(page.get_by_role("menu")).to_have_count(0)
    choose(page, "minimap")
    wait_for_setting(example, "minimap", True)


def test_the_shortcut_sheet_lists_what_the_keys_do(example: EditorPage) -> None:
    page = example.page
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_be_visible()
    for heading in ("Run", "File", "Edit", "View", "Graph", "Help", "On the canvas", "In a prompt"):
        expect(sheet.get_by_role("region", name=heading, exact=True)).to_be_visible()
    sheet.get_by_role("textbox").fill("ctrl+shift+z")
    expect(sheet.get_by_text("Redo")).to_be_visible()
    expect(sheet.get_by_text("Undo")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_keys_work_on_a_keyboard_of_another_script(example: EditorPage) -> None:
    page = example.page
    before = example.saved()
    example.click(example.title("KSampler"))
    # What a Cyrillic layout says where a Latin one has Ctrl+M, and then Ctrl+Z.
    for key, code in (("ь", "KeyM"), ("я", "KeyZ")):
        page.evaluate(
            "([key, code]) => document.body.dispatchEvent(new KeyboardEvent('keydown',"
            " {key, code, ctrlKey: true, bubbles: true, cancelable: true}))",
            [key, code],
        )
        if code == "KeyM":
            assert named(example.saved(), "KSampler")["mode"] == 2
    assert example.saved() == before


# ---- finding and adding ----


def test_find_in_graph_goes_from_hit_to_hit(example: EditorPage) -> None:
    page = example.page
    page.keyboard.press("Control+f")
    page.keyboard.type("prompt")
    search = page.get_by_role("search")
    expect(search.get_by_role("status")).to_have_text(re.compile(r"1 of \d"))
    count = int(search.get_by_role("status").inner_text().split()[-1])
    assert count >= 2
    first = page.locator("[data-selected]").get_attribute("data-node")
    page.keyboard.press("Enter")
    expect(search.get_by_role("status")).to_have_text(f"2 of {count}")
    expect(page.locator("[data-selected]")).to_have_count(1)
    assert page.locator("[data-selected]").get_attribute("data-node") != first
    page.keyboard.press("Shift+Enter")
    expect(search.get_by_role("status")).to_have_text(f"1 of {count}")
    assert page.locator("[data-selected]").get_attribute("data-node") == first
    # By a value; then the keyboard goes on with what was found.
    search.get_by_role("textbox").fill("starter.safetensors")
    expect(search.get_by_role("status")).to_have_text(re.compile("1 of 1|1 of 2"))
    page.keyboard.press("Escape")
    page.keyboard.press("Control+m")
    assert named(example.saved(), "CheckpointLoaderSimple")["mode"] == 2


def test_find_in_graph_enters_subgraphs(editor: EditorPage) -> None:
    editor.open(SUBGRAPH)
    page = editor.page
    expect(editor.node("Inner")).to_be_visible()
    page.keyboard.press("Control+f")
    page.keyboard.type("hidden note")
    expect(page.get_by_role("search").get_by_role("status")).to_have_text("1 of 1")
    expect(editor.node("A hidden note")).to_have_attribute("data-selected", "true")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+ArrowUp")  # out of the subgraph
    expect(editor.node("Inner")).to_be_visible()
    expect(editor.node("A hidden note")).to_have_count(0)


def test_a_double_click_adds_a_node_found_by_name(example: EditorPage) -> None:
    page = example.page
    example.click(example.empty(), click_count=2)
    field = adding(page)
    expect(field).to_be_focused()
    page.keyboard.type("ksmapler")  # a slip is forgiven
    expect(page.get_by_role("option").first).to_contain_text("KSampler")
    expect(page.get_by_role("dialog").get_by_text("denoise", exact=False).first).to_be_visible()
    page.keyboard.press("Enter")
    expect(field).to_be_hidden()
    saved = example.saved()
    assert sum(node["type"] == "KSampler" for node in saved["nodes"]) == 2
    page.keyboard.press("Control+z")
    assert example.saved()["nodes"] == json.loads(EXAMPLE)["nodes"]


def test_the_palette_finds_nodes_by_category_and_type(example: EditorPage) -> None:
    page = example.page
    page.keyboard.press("a")
    field = adding(page)
    field.fill("loaders")
    expect(page.get_by_role("option", name="Load Checkpoint").first).to_be_visible()
    field.fill("→ mask")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    options.first.hover()
    expect(page.get_by_role("dialog").get_by_text("MASK").first).to_be_visible()


def test_a_link_let_go_offers_only_what_fits_and_is_linked(example: EditorPage) -> None:
    page = example.page
    start = example.socket("VAE Decode", "outputs", "IMAGE")
    example.drag(start, example.empty())
    expect(page.get_by_text("Only what takes IMAGE")).to_be_visible()
    titles = page.get_by_role("option").all_inner_texts()
    assert titles
    assert not any(title.startswith(("KSampler", "Load Checkpoint")) for title in titles)
    page.keyboard.type("preview")
    page.keyboard.press("Enter")
    expect(adding(page)).to_be_hidden()
    saved = example.saved()
    decode, preview = named(saved, "VAEDecode"), named(saved, "PreviewImage")
    assert [link[1:5] for link in saved["links"] if link[3] == preview["id"]] == [[decode["id"], 0, preview["id"], 0]]


def test_nodes_are_dragged_from_the_panel_and_bookmarked(example: EditorPage) -> None:
    page = example.page
    page.keyboard.press("n")
    panel = page.get_by_role("complementary", name="Nodes")
    panel.get_by_role("textbox").fill("save latent")
    row = panel.get_by_role("button", name="Save Latent", exact=True)
    spot = example.empty()
    canvas = box(example.canvas)
    row.drag_to(example.canvas, target_position={"x": spot[0] - canvas["x"], "y": spot[1] - canvas["y"]})
    saved = example.saved()
    assert sum(node["type"] == "SaveLatent" for node in saved["nodes"]) == 1
    left, top = named(saved, "SaveLatent")["pos"]
    frame = box(example.node("Save Latent"))
    assert abs(frame["x"] - spot[0]) < 3, (left, top)
    row.click()
    assert sum(node["type"] == "SaveLatent" for node in example.saved()["nodes"]) == 2
    panel.get_by_role("button", name="Bookmark Save Latent").click()
    wait_for_setting(example, "bookmarks", ["SaveLatent"])
    page.reload()
    example.ready()
    page.keyboard.press("n")
    expect(panel.get_by_role("list", name="Bookmarks").get_by_role("button", name="Save Latent")).to_have_count(2)
    panel.get_by_role("button", name="Remove the bookmark of Save Latent").click()
    wait_for_setting(example, "bookmarks", [])


def test_the_tree_of_nodes_is_used_by_keyboard(example: EditorPage) -> None:
    page = example.page
    page.keyboard.press("n")
    panel = page.get_by_role("complementary", name="Nodes")
    folder = panel.get_by_role("treeitem", name="latent", exact=True)
    folder.focus()
    page.keyboard.press("ArrowRight")
    expect(folder).to_have_attribute("aria-expanded", "true")
    for _ in range(30):
        page.keyboard.press("ArrowDown")
        if "Empty Latent Image" in page.evaluate("document.activeElement.innerText"):
            break
    page.keyboard.press("Enter")
    assert sum(node["type"] == "EmptyLatentImage" for node in example.saved()["nodes"]) == 2


# ---- the view ----


def width_of(editor: EditorPage) -> float:
    return box(editor.node("KSampler"))["width"]


def comes_to_be(page: Page, holds: Callable[[], bool]) -> None:
    """The view glides to where it goes."""
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("the view did not come to be as it should")


def test_zoom_and_fit_by_key_change_no_position(example: EditorPage) -> None:
    page = example.page
    full = named(json.loads(EXAMPLE), "KSampler")["size"][0]
    for key, width in (("Alt+0", full), ("Alt+-", full / 1.25), ("Alt+=", full)):
        page.keyboard.press(key)
        comes_to_be(page, lambda width=width: width_of(example) == pytest.approx(width, abs=2))
    page.keyboard.press(".")
    frame = box(example.canvas)

    def is_inside(node: Locator) -> bool:
        inner = box(node)
        return frame["x"] <= inner["x"] and inner["x"] + inner["width"] <= frame["x"] + frame["width"]

    comes_to_be(page, lambda: all(map(is_inside, page.locator("[data-node]").all())))
    assert example.saved()["nodes"] == json.loads(EXAMPLE)["nodes"]


# ---- languages and colours ----


def test_the_language_changes_at_once_and_is_kept(example: EditorPage) -> None:
    page = example.page
    page.get_by_role("button", name="Language").click()
    page.get_by_role("menuitemradio", name="简体中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("navigation", name="面板").get_by_role("button")).to_have_count(4)
    wait_for_setting(example, "language", "zh")
    page.reload()
    expect(page.get_by_role("button", name="菜单", exact=True)).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="命令").fill("english")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Menu", exact=True)).to_be_visible()
    wait_for_setting(example, "language", "en")


def test_light_and_dark_by_button_and_as_the_system(example: EditorPage) -> None:
    page = example.page
    html = page.locator("html")
    page.emulate_media(color_scheme="dark")
    expect(html).to_have_attribute("data-mantine-color-scheme", "dark")
    page.get_by_role("button", name="Use light colours").click()
    expect(html).to_have_attribute("data-mantine-color-scheme", "light")
    wait_for_setting(example, "theme", "light")
    page.reload()
    expect(html).to_have_attribute("data-mantine-color-scheme", "light")
    page.keyboard.press("Control+,")
    page.get_by_role("radiogroup", name="Colours").get_by_text("As the system").click()
    wait_for_setting(example, "theme", "auto")
    expect(html).to_have_attribute("data-mantine-color-scheme", "dark")


def test_settings_reach_other_browsers_of_the_user(example: EditorPage, browser: Browser) -> None:
    page = example.page
    page.keyboard.press("Control+,")
    dialog = page.get_by_role("dialog", name="Settings")
    dialog.get_by_role("switch", name="Nodes keep to the grid").press("Space")
    wait_for_setting(example, "snap", True)
    other = browser.new_context().new_page()
    other.goto(example.server.url)
    expect(other.get_by_role("button", name="Server: ")).to_have_attribute("aria-label", "Server: Connected, CPU")
    other.keyboard.press("Control+,")
    expect(other.get_by_role("switch", name="Nodes keep to the grid")).to_be_checked()
    other.get_by_role("switch", name="Nodes keep to the grid").press("Space")
    wait_for_setting(example, "snap", False)
    other.context.close()


def test_a_part_that_does_not_come_says_so_and_all_else_goes_on(example: EditorPage) -> None:
    """As after an update of the server, which has other files than the page asks for."""
    page = example.page
    page.route("**/assets/SettingsForm-*", lambda route: route.fulfill(status=404))
    page.reload()  # parts come by themselves once the page has nothing else to do: this one may have come already
    example.ready()
    expect(example.node("KSampler")).to_be_visible()
    page.keyboard.press("Control+,")
    dialog = page.get_by_role("dialog", name="Settings")
    expect(dialog.get_by_role("alert")).to_contain_text("could not be loaded")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    example.click(example.title("KSampler"))
    page.keyboard.press("Control+m")
    assert named(example.saved(), "KSampler")["mode"] == 2

    page.unroute_all()
    page.keyboard.press("Control+,")
    dialog.get_by_role("button", name="Reload the page").click()
    expect(dialog).to_be_hidden()
    example.ready()
    page.keyboard.press("Control+,")
    expect(dialog.get_by_role("radiogroup", name="Colours")).to_be_visible()


WATCH_MOTION = """() => {
    window.mostMoving = 0;
    const look = () => {
        const moving = document.getAnimations().filter((one) => one.effect.getComputedTiming().duration > 1);
        window.mostMoving = Math.max(window.mostMoving, moving.length);
        requestAnimationFrame(look);
    };
    look();
}"""


def test_motion_is_left_out_where_it_is_not_wanted(example: EditorPage) -> None:
    page = example.page

    def motion() -> int:
        page.evaluate("window.mostMoving = 0")
        page.get_by_role("button", name="Menu", exact=True).click()
        expect(page.get_by_role("menu")).to_be_visible()
        page.wait_for_timeout(300)
        page.keyboard.press("Escape")
        expect(page.get_by_role("menu")).to_be_hidden()
        most: int = page.evaluate("window.mostMoving")
        return most

    page.evaluate(WATCH_MOTION)
    assert motion() > 0
    page.emulate_media(reduced_motion="reduce")
    assert motion() == 0


# ---- the server goes and comes ----


def test_a_banner_while_the_server_is_away_and_the_right_state_after(page: Page, bare_server: Server) -> None:
    page.goto(bare_server.url)
    state = page.get_by_role("button", name="Server: ")
    expect(state).to_have_attribute("aria-label", "Server: Connected, CPU")
    port = int(bare_server.url.rstrip("/").rsplit(":", 1)[1])
    bare_server.stop()
    expect(page.get_by_role("alert").filter(has_text="connection to the server was lost")).to_be_visible()
    expect(state).to_have_attribute("aria-label", "Server: Disconnected")
    expect(page.get_by_test_id("queue")).to_be_disabled()
    # What is changed meanwhile is sent when the server is back.
    page.get_by_role("button", name=re.compile("Use (dark|light) colours")).click()
    bare_server.start(port)
    expect(page.get_by_role("alert").filter(has_text="connection to the server was lost")).to_be_hidden()
    expect(state).to_have_attribute("aria-label", "Server: Connected, CPU")
    expect(page.get_by_test_id("queue")).to_be_enabled()
    wait_for_setting(EditorPage(page, bare_server), "theme", "dark")


# ---- the first run ----


def test_the_first_picture_is_there_within_30_seconds_of_the_command(page: Page, tmp_path: Path) -> None:
    server = Server(tmp_path)
    begun = time.monotonic()
    server.start()
    try:
        page.goto(server.url)
        expect(tab(page, "Text to image")).to_be_visible()
        expect(page.locator('[data-node][aria-label^="Load Checkpoint"]')).to_contain_text("starter.safetensors")
        hint = page.get_by_text("Press Queue for your first picture")
        expect(hint).to_be_visible()
        page.get_by_test_id("queue").click()
        expect(page.locator('[data-node][aria-label^="Save Image"] img').first).to_be_visible()
        took = time.monotonic() - begun
        assert took < 30, took
        expect(hint).to_be_hidden()
        assert list((tmp_path / "output").glob("*.png"))
        page.reload()
        expect(page.get_by_test_id("queue")).to_be_enabled()
        expect(hint).to_be_hidden()
    finally:
        server.stop()


# ---- tablets, keyboards and readers ----


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (820, 1180)])
def test_nothing_is_cut_off_on_desk_and_tablet(example: EditorPage, width: int, height: int) -> None:
    page = example.page
    page.set_viewport_size({"width": width, "height": height})
    page.keyboard.press("n")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    buttons = [*page.locator("header button").all(), *page.get_by_role("navigation").get_by_role("button").all()]
    frames = [(one.get_attribute("aria-label") or one.inner_text(), box(one)) for one in buttons if one.is_visible()]
    assert len(frames) > 8
    for name, frame in frames:
        assert frame["x"] >= 0, name
        assert frame["x"] + frame["width"] <= width, name
    for name, frame in frames:
        for other, beside in frames:
            if other != name:
                apart = (
                    frame["x"] + frame["width"] <= beside["x"] + 1
                    or beside["x"] + beside["width"] <= frame["x"] + 1
                    or frame["y"] + frame["height"] <= beside["y"] + 1
                    or beside["y"] + beside["height"] <= frame["y"] + 1
                )
                inside = beside["width"] < 40 or frame["width"] < 40  # a tab's own cross
                assert apart or inside, (name, other)
    rail = [frame for name, frame in frames if frame["x"] < 48 and frame["y"] > 48]
    assert len(rail) == 4
    assert all(min(frame["width"], frame["height"]) >= 36 for frame in rail)


def test_who_comes_by_keyboard_can_skip_to_the_canvas(example: EditorPage) -> None:
    page = example.page
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the canvas")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = page.evaluate("document.querySelector('main').contains(document.activeElement)")
    assert inside


SUBGRAPH = json.dumps(
    {
        "last_node_id": 3,
        "last_link_id": 0,
        "nodes": [
            {
                "id": 1,
                "type": "5f0c7a2b-0000-4000-8000-000000000002",
                "title": "Inner",
                "pos": [100, 100],
                "size": [200, 60],
                "flags": {},
                "order": 0,
                "mode": 0,
                "inputs": [],
                "outputs": [],
                "properties": {},
                "widgets_values": [],
            }
        ],
        "links": [],
        "groups": [],
        "definitions": {
            "subgraphs": [
                {
                    "id": "5f0c7a2b-0000-4000-8000-000000000002",
                    "version": 1,
                    "revision": 0,
                    "name": "Inner",
                    "config": {},
                    "state": {"lastGroupId": 0, "lastNodeId": 2, "lastLinkId": 0, "lastRerouteId": 0},
                    "inputNode": {"id": -10, "bounding": [0, 0, 120, 60]},
                    "outputNode": {"id": -20, "bounding": [600, 0, 120, 60]},
                    "inputs": [],
                    "outputs": [],
                    "widgets": [],
                    "nodes": [
                        {
                            "id": 2,
                            "type": "Note",
                            "title": "A hidden note",
                            "pos": [200, 0],
                            "size": [200, 100],
                            "flags": {},
                            "order": 0,
                            "mode": 0,
                            "properties": {},
                            "widgets_values": ["Inside"],
                        }
                    ],
                    "groups": [],
                    "links": [],
                    "extra": {},
                }
            ]
        },
        "config": {},
        "extra": {},
        "version": 0.4,
    }
)
