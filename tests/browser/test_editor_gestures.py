"""What pointer, keys and menus do on the canvas: each test asserts the file that is saved, or what is on the screen."""

import json

import pytest
from editor_page import EditorPage, box, menu_of, named, pick_in_menu
from graphs import flow, linked, links_of, moved, node, positions, prompt, three
from page_server import Server
from playwright.sync_api import Page, expect
from running import eventually


@pytest.fixture
def editor(page: Page, server: Server) -> EditorPage:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return EditorPage(page, server)


# ---- the view ----


def test_the_view_moves_with_the_hand_the_middle_button_and_the_space_bar(editor: EditorPage) -> None:
    editor.open(three())
    empty = editor.empty()
    before = box(editor.node("Loader"))
    for button, key in (("left", None), ("middle", None), ("left", "Space")):
        start = editor.title("Loader") if key or button == "middle" else empty
        if key:
            editor.canvas.focus()
            editor.page.keyboard.down(key)
        editor.drag(start, moved(start, 30, 20), button=button)
        if key:
            editor.page.keyboard.up(key)
    after = box(editor.node("Loader"))
    assert (after["x"] - before["x"], after["y"] - before["y"]) == pytest.approx((90, 60), abs=1)


def test_the_wheel_zooms_around_the_pointer_and_a_pad_moves_the_view(editor: EditorPage) -> None:
    editor.open(three())
    frame = box(editor.node("Sampler"))
    editor.page.mouse.move(frame["x"], frame["y"])
    editor.page.mouse.wheel(0, -240)
    expect(editor.node("Sampler")).not_to_have_css("width", "0px")
    editor.page.wait_for_timeout(300)
    zoomed = box(editor.node("Sampler"))
    assert zoomed["width"] > frame["width"] * 1.2
    assert (zoomed["x"], zoomed["y"]) == pytest.approx((frame["x"], frame["y"]), abs=2)
    editor.page.mouse.wheel(15, 8)
    editor.page.wait_for_timeout(300)
    panned = box(editor.node("Sampler"))
    assert (panned["x"] - zoomed["x"], panned["y"] - zoomed["y"]) == pytest.approx((-15, -8), abs=2)


# ---- selecting and moving ----


def test_a_box_selects_what_it_touches_and_all_of_it_is_dragged(editor: EditorPage) -> None:
    editor.open(three())
    corner = editor.empty()
    editor.page.keyboard.down("Control")
    editor.drag(corner, editor.title("Words"))
    editor.page.keyboard.up("Control")
    expect(editor.page.locator("[data-selected]")).to_have_count(2)
    start = editor.title("Words")
    editor.drag(start, moved(start, 33, 300))
    after = positions(editor.saved())
    assert after["Sampler"] == (620, 80)
    assert (after["Loader"][0], after["Words"][0]) == (33, 333)
    assert (after["Loader"][1], after["Words"][1]) == (300, 340)


def test_shift_adds_to_the_selection_and_control_takes_away(editor: EditorPage) -> None:
    editor.open(three())
    editor.click(editor.title("Loader"))
    editor.page.keyboard.down("Shift")
    editor.click(editor.title("Words"))
    editor.page.keyboard.up("Shift")
    expect(editor.page.locator("[data-selected]")).to_have_count(2)
    editor.page.keyboard.down("Control")
    editor.click(editor.title("Loader"))
    editor.page.keyboard.up("Control")
    expect(editor.page.locator("[data-selected]")).to_have_count(1)
    editor.page.keyboard.press("Control+a")
    expect(editor.page.locator("[data-selected]")).to_have_count(3)
    editor.page.keyboard.press("Delete")
    assert editor.saved()["nodes"] == []


def test_dragging_with_shift_keeps_to_the_grid(editor: EditorPage) -> None:
    editor.open(three())
    start = editor.title("Loader")
    editor.page.keyboard.down("Shift")
    editor.drag(start, moved(start, 47, 403))
    editor.page.keyboard.up("Shift")
    assert positions(editor.saved())["Loader"] == (50, 400)


def test_what_is_dragged_comes_to_rest_in_line_with_others(editor: EditorPage) -> None:
    editor.open(three())
    mouse = editor.page.mouse
    start, gap = editor.title("Words"), box(editor.node("Words"))
    level = box(editor.node("Loader"))["y"]
    clip = {"x": gap["x"] - 60, "y": level - 4, "width": 40, "height": 8}  # between both, at their upper edges

    def seen() -> bytes:
        return editor.page.screenshot(clip=clip)  # type: ignore[arg-type]

    before = seen()
    mouse.move(*start)
    mouse.down()
    mouse.move(*moved(start, 0, -37), steps=6)  # 3 short of it
    eventually(lambda: box(editor.node("Words"))["y"], level)
    eventually(lambda: seen() != before, True)
    mouse.up()
    eventually(lambda: seen() == before, True)
    assert positions(editor.saved())["Words"] == (300, 0)

    # With Ctrl it goes where the hand goes.
    start = editor.title("Words")
    mouse.move(*start)
    mouse.down()
    editor.page.keyboard.down("Control")
    mouse.move(*moved(start, 0, 3), steps=3)
    mouse.move(*moved(start, 0, 43), steps=3)
    mouse.move(*moved(start, 0, 3), steps=3)
    mouse.up()
    editor.page.keyboard.up("Control")
    assert positions(editor.saved())["Words"] == (300, 3)


def test_the_view_moves_when_a_drag_reaches_the_edge(editor: EditorPage) -> None:
    editor.open(three())
    canvas, start = box(editor.canvas), editor.title("Loader")
    other = box(editor.node("Sampler"))["x"]
    edge = (canvas["x"] + canvas["width"] - 2, start[1] + 250)
    editor.page.mouse.move(*start)
    editor.page.mouse.down()
    editor.page.mouse.move(*edge, steps=8)
    eventually(lambda: box(editor.node("Sampler"))["x"] < other - 200, True)
    editor.page.mouse.move(edge[0] - 200, edge[1], steps=4)  # away from it, the view stands still
    editor.page.mouse.up()
    shift = other - box(editor.node("Sampler"))["x"]
    dragged = positions(editor.saved())["Loader"][0]
    assert dragged == pytest.approx(edge[0] - 200 - start[0] + shift, abs=6)


def test_escape_takes_a_drag_back(editor: EditorPage) -> None:
    editor.open(three())
    mouse = editor.page.mouse
    start = editor.title("Loader")
    mouse.move(*start)
    mouse.down()
    mouse.move(*moved(start, 100, 300), steps=4)
    editor.page.keyboard.press("Escape")
    mouse.up()
    other = editor.title("Words")
    editor.drag(other, moved(other, 0, 301))
    after = positions(editor.saved())
    assert after["Loader"] == (0, 0)
    assert after["Words"] == (300, 341)


def test_arrows_move_what_is_reached_by_tab(editor: EditorPage) -> None:
    editor.open(three())
    editor.canvas.focus()
    editor.page.keyboard.press("Tab")
    expect(editor.page.locator("[data-selected]")).to_have_count(1)
    editor.page.keyboard.press("ArrowRight")
    editor.page.keyboard.press("ArrowRight")
    editor.page.keyboard.press("Shift+ArrowDown")
    assert positions(editor.saved())["Loader"] == (20, 1)
    editor.page.keyboard.press("Control+z")
    assert positions(editor.saved())["Loader"] == (0, 0)


def test_nodes_are_resized_but_not_below_what_they_show(editor: EditorPage) -> None:
    editor.open(three())
    frame = box(editor.node("Sampler"))
    corner = (frame["x"] + frame["width"] - 4, frame["y"] + frame["height"] - 4)
    editor.drag(corner, moved(corner, 60, 45))
    grown = named(editor.saved(), "Sampler")["size"]
    assert grown == [330, round(frame["height"] - 30 + 45)]
    frame = box(editor.node("Sampler"))
    corner = (frame["x"] + frame["width"] - 4, frame["y"] + frame["height"] - 4)
    editor.drag(corner, moved(corner, 0, -400))
    least = named(editor.saved(), "Sampler")["size"]
    assert 200 < least[1] < grown[1]


# ---- arranging ----


def test_nodes_are_aligned_and_distributed_from_the_menu(editor: EditorPage) -> None:
    editor.open(three())
    editor.canvas.focus()
    editor.page.keyboard.press("Control+a")
    menu_of(editor, "Loader")
    pick_in_menu(editor.page, "Align and distribute", "Align tops")
    assert {y for _, y in positions(editor.saved()).values()} == {0}
    menu_of(editor, "Loader")
    pick_in_menu(editor.page, "Align and distribute", "Distribute horizontally")
    after = positions(editor.saved())
    widths = {title: box(editor.node(title))["width"] for title in after}
    gaps = (
        after["Words"][0] - after["Loader"][0] - widths["Loader"],
        after["Sampler"][0] - after["Words"][0] - widths["Words"],
    )
    assert gaps[0] == pytest.approx(gaps[1], abs=1)


def test_a_heap_is_laid_out_from_left_to_right(editor: EditorPage) -> None:
    heap = linked()
    for made in heap["nodes"]:
        made["pos"] = [200, 100]
    editor.open(heap)
    empty = editor.empty()
    editor.click(empty, button="right")
    pick_in_menu(editor.page, "Arrange all")
    expect(editor.page.get_by_role("menu")).to_have_count(0)
    editor.page.wait_for_timeout(500)
    after = positions(editor.saved())
    assert after["Loader"][0] + 220 < after["Words"][0]
    assert after["Words"][0] + 220 < after["Sampler"][0]
    assert links_of(editor.saved()) == links_of(linked())


# ---- copies ----


def test_copies_keep_their_links_within_a_tab_and_into_another_one(editor: EditorPage) -> None:
    editor.open(linked())
    editor.canvas.focus()
    editor.page.keyboard.press("Control+a")
    editor.page.keyboard.press("Control+c")
    editor.page.mouse.move(*editor.empty())
    editor.page.keyboard.press("Control+v")
    here = editor.saved()
    assert len(here["nodes"]) == 6
    assert len(here["links"]) == 6
    editor.open(flow(prompt(1, (0, 0), "Alone")), name="other.json")
    editor.page.mouse.move(*editor.empty())
    editor.page.keyboard.press("Control+v")
    there = editor.saved()
    assert links_of(there) == links_of(linked())
    assert named(there, "Sampler")["widgets_values"] == named(linked(), "Sampler")["widgets_values"]


def test_a_copy_is_plain_text_that_any_text_takes(editor: EditorPage) -> None:
    editor.open(linked())
    editor.click(editor.title("Loader"))
    editor.page.keyboard.press("Control+c")
    editor.widget("Words", "text").get_by_role("textbox").click()
    editor.page.keyboard.press("Control+a")
    editor.page.keyboard.press("Control+v")
    written = json.loads(named(editor.saved(), "Words")["widgets_values"][0])
    assert [made["type"] for made in written["nodes"]] == ["CheckpointLoaderSimple"]


def test_pasting_with_shift_links_to_what_fed_the_original(editor: EditorPage) -> None:
    editor.open(linked())
    editor.click(editor.title("Words"))
    editor.page.keyboard.press("Control+c")
    editor.page.mouse.move(*editor.empty())
    editor.page.keyboard.press("Control+v")
    assert len(editor.saved()["links"]) == 3
    editor.page.keyboard.press("Control+Shift+v")
    after = editor.saved()
    assert len(after["nodes"]) == 5
    assert [link[1:3] for link in after["links"] if link[3] == 5] == [[1, 1]]


def test_a_duplicate_comes_by_key_and_by_dragging_with_alt(editor: EditorPage) -> None:
    editor.open(three())
    editor.click(editor.title("Loader"))
    editor.page.keyboard.press("Control+d")
    assert len(editor.saved()["nodes"]) == 4
    start = editor.title("Words")
    editor.page.keyboard.down("Alt")
    editor.drag(start, moved(start, 0, 300))
    editor.page.keyboard.up("Alt")
    words = [made["pos"] for made in editor.saved()["nodes"] if made.get("title") == "Words"]
    assert words == [[300, 40], [300, 340]]
    editor.page.keyboard.press("Control+z")
    editor.page.keyboard.press("Control+z")
    assert len(editor.saved()["nodes"]) == 3
    editor.page.keyboard.press("Control+y")
    assert len(editor.saved()["nodes"]) == 4


def test_cutting_takes_away_what_pasting_brings_back(editor: EditorPage) -> None:
    editor.open(linked())
    editor.click(editor.title("Words"))
    editor.page.keyboard.press("Control+x")
    assert links_of(editor.saved()) == {("Loader", 0, "Sampler", 0)}
    editor.page.mouse.move(*editor.empty())
    editor.page.keyboard.press("Control+v")
    assert named(editor.saved(), "Words")["widgets_values"] == ["a lighthouse"]


def test_a_picture_that_is_pasted_becomes_a_node_that_loads_it(editor: EditorPage) -> None:
    editor.open(three())
    # As another program would fill the clipboard.
    editor.page.evaluate(
        """async () => {
            const canvas = new OffscreenCanvas(8, 8);
            canvas.getContext("2d").fillRect(0, 0, 8, 8);
            const png = await canvas.convertToBlob({ type: "image/png" });
            await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
        }"""
    )
    editor.canvas.focus()
    editor.page.mouse.move(*editor.empty())
    editor.page.keyboard.press("Control+v")
    expect(editor.page.locator('[data-node][aria-label^="Load Image"]')).to_be_visible()
    (name, *_) = named(editor.saved(), "LoadImage")["widgets_values"]
    assert (editor.server.home / "input" / name).is_file()


# ---- how nodes are ----


def test_nodes_are_collapsed_muted_bypassed_and_pinned(editor: EditorPage) -> None:
    editor.open(three())
    frame = box(editor.node("Loader"))
    editor.click((frame["x"] + 12, frame["y"] + 14))
    assert named(editor.saved(), "Loader")["flags"] == {"collapsed": True}
    editor.click(editor.title("Words"))
    editor.page.keyboard.press("Control+m")
    assert named(editor.saved(), "Words")["mode"] == 2
    editor.page.keyboard.press("Control+b")
    assert named(editor.saved(), "Words")["mode"] == 4
    editor.page.keyboard.press("Control+b")
    assert named(editor.saved(), "Words")["mode"] == 0
    menu_of(editor, "Sampler")
    pick_in_menu(editor.page, "Pin")
    start = editor.title("Sampler")
    editor.drag(start, moved(start, 50, 200))
    after = named(editor.saved(), "Sampler")
    assert after["flags"] == {"pinned": True}
    assert after["pos"] == [620, 80]


def test_nodes_are_coloured_and_renamed(editor: EditorPage) -> None:
    editor.open(three())
    menu_of(editor, "Words")
    pick_in_menu(editor.page, "Colour", "Colour: green")
    after = named(editor.saved(), "Words")
    assert (after["color"], after["bgcolor"]) == ("#232", "#353")
    editor.page.mouse.dblclick(*editor.title("Words"))
    editor.page.keyboard.type("Sea and sky")
    editor.page.keyboard.press("Enter")
    assert named(editor.saved(), "Sea and sky")["id"] == 2
    editor.page.keyboard.press("F2")
    editor.page.keyboard.type("Words")
    editor.page.keyboard.press("Enter")
    assert named(editor.saved(), "Words")["id"] == 2


def test_the_menu_opens_by_key_and_by_a_finger_that_rests(editor: EditorPage) -> None:
    editor.open(three())
    editor.canvas.focus()
    editor.page.keyboard.press("Tab")
    editor.page.keyboard.press("Shift+F10")
    expect(editor.page.get_by_role("menuitem", name="Rename")).to_be_visible()
    editor.page.keyboard.press("Escape")
    expect(editor.page.get_by_role("menu")).to_have_count(0)
    x, y = editor.title("Words")
    touch = editor.page.context.new_cdp_session(editor.page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    expect(editor.page.get_by_role("menuitem", name="Rename")).to_be_visible()
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(editor.page.get_by_role("menuitem", name="Rename")).to_be_visible()


def test_a_menu_that_has_just_opened_is_closed_by_escape(editor: EditorPage) -> None:
    editor.open(three())
    editor.click(editor.title("Words"))
    editor.canvas.evaluate(
        """async (canvas) => {
            const press = (key, more) =>
                document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, ...more}));
            press("F10", {shiftKey: true});
            while (document.querySelector("[role=menu]") === null) await new Promise(requestAnimationFrame);
            canvas.focus();  // as on a slow machine, where the menu has it later
            press("Escape");
        }"""
    )
    expect(editor.page.get_by_role("menu")).to_have_count(0)


def test_two_fingers_zoom(editor: EditorPage) -> None:
    editor.open(three())
    before = box(editor.node("Sampler"))["width"]
    touch = editor.page.context.new_cdp_session(editor.page)

    def fingers(kind: str, apart: float) -> None:
        points = [{"x": 700 - apart, "y": 600, "id": 0}, {"x": 700 + apart, "y": 600, "id": 1}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points if kind != "touchEnd" else []})

    fingers("touchStart", 50)
    for apart in (60, 70, 75):
        fingers("touchMove", apart)
    fingers("touchEnd", 75)
    editor.page.wait_for_timeout(300)
    assert box(editor.node("Sampler"))["width"] == pytest.approx(before * 1.5, rel=0.05)


def test_a_node_says_what_its_class_is_for(editor: EditorPage) -> None:
    editor.open(three())
    menu_of(editor, "Sampler")
    pick_in_menu(editor.page, "About this node")
    expect(editor.page.get_by_role("dialog", name="About this node")).to_contain_text("latent_image")


# ---- frames and notes ----


def test_frames_hold_what_lies_in_them(editor: EditorPage) -> None:
    editor.open(three())
    editor.click(editor.title("Loader"))
    editor.page.keyboard.press("Control+g")
    (group,) = editor.saved()["groups"]
    x, y, width, height = group["bounding"]
    assert x < 0
    assert y < -30
    assert x + width > 220
    frame = box(editor.node("Loader"))
    handle = (frame["x"] + 100, frame["y"] - 20)
    editor.drag(handle, moved(handle, 0, 300))
    after = editor.saved()
    assert after["groups"][0]["bounding"] == [x, y + 300, width, height]
    assert positions(after) == {"Loader": (0, 300), "Words": (300, 40), "Sampler": (620, 80)}
    handle = moved(handle, 0, 300)
    editor.page.mouse.dblclick(*handle)
    editor.page.keyboard.type("Models")
    editor.page.keyboard.press("Enter")
    editor.click(handle, button="right")
    pick_in_menu(editor.page, "Font size", "40")
    (group,) = editor.saved()["groups"]
    assert (group["title"], group["font_size"]) == ("Models", 40)


def test_notes_are_written_in_markdown(editor: EditorPage) -> None:
    editor.open(three())
    editor.click(moved(editor.empty(), 0, -180), button="right")
    pick_in_menu(editor.page, "Add a Markdown note")
    note = editor.page.locator('[data-kind="markdown"]')
    note.locator("[data-note]").dblclick()
    editor.page.keyboard.type("# Read me")
    editor.click(editor.empty())
    expect(note.get_by_role("heading", name="Read me")).to_be_visible()
    assert named(editor.saved(), "MarkdownNote")["widgets_values"][0] == "# Read me"


# ---- subgraphs ----


def test_a_subgraph_is_entered_and_changed_inside(editor: EditorPage) -> None:
    inner = "5f0c7a2b-0000-4000-8000-000000000002"
    workflow = flow(node(9, inner, (100, 100), title="Inside out", outputs="out:LATENT"))
    latent = node(1, "EmptyLatentImage", (0, 0), title="Latent", outputs="LATENT:LATENT", widgets=(64, 64, 1))
    latent["outputs"][0]["links"] = [1]
    workflow["definitions"] = {
        "subgraphs": [
            {
                "id": inner,
                "version": 1,
                "revision": 0,
                "name": "Inner",
                "config": {},
                "state": {"lastGroupId": 0, "lastNodeId": 1, "lastLinkId": 1, "lastRerouteId": 0},
                "inputNode": {"id": -10, "bounding": [-300, 0, 120, 60]},
                "outputNode": {"id": -20, "bounding": [500, 0, 120, 60]},
                "inputs": [],
                "outputs": [{"id": "o", "name": "out", "type": "LATENT", "linkIds": [1]}],
                "widgets": [],
                "nodes": [latent],
                "groups": [],
                "links": [
                    {"id": 1, "origin_id": 1, "origin_slot": 0, "target_id": -20, "target_slot": 0, "type": "LATENT"}
                ],
                "extra": {},
            }
        ]
    }
    editor.open(workflow)
    frame = box(editor.node("Inside out"))
    editor.page.mouse.dblclick(frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] - 16)
    expect(editor.node("Latent")).to_be_visible()
    editor.click(editor.title("Latent"))
    editor.page.keyboard.press("ArrowRight")
    (definition,) = editor.saved()["definitions"]["subgraphs"]
    assert definition["nodes"][0]["pos"] == [10, 0]
    assert len(definition["links"]) == 1
    editor.page.keyboard.press("Alt+ArrowUp")
    expect(editor.node("Inside out")).to_be_visible()
