"""Links, and the sockets of widgets, as hands make and change them: each test asserts the file that is saved."""

import pytest
from editor_page import EditorPage, Spot, box, menu_of, named, pick_in_menu
from graphs import flow, linked, links_of, loader, moved, node, sampler, three
from page_server import Server
from playwright.sync_api import Page, expect


@pytest.fixture
def editor(page: Page, server: Server) -> EditorPage:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return EditorPage(page, server)


# ---- links ----


def test_a_link_is_dragged_from_output_to_input_and_undone(editor: EditorPage) -> None:
    editor.open(three())
    editor.drag(editor.socket("Loader", "outputs", "MODEL"), editor.socket("Sampler", "inputs", "model"))
    assert links_of(editor.saved()) == {("Loader", 0, "Sampler", 0)}
    editor.page.keyboard.press("Control+z")
    assert editor.saved()["links"] == []
    editor.page.keyboard.press("Control+Shift+z")
    assert links_of(editor.saved()) == {("Loader", 0, "Sampler", 0)}


def test_sockets_that_do_not_fit_refuse_with_the_reason(editor: EditorPage) -> None:
    editor.open(three())
    mouse = editor.page.mouse
    mouse.move(*editor.socket("Loader", "outputs", "CLIP"))
    mouse.down()
    mouse.move(*editor.socket("Sampler", "inputs", "model"), steps=6)
    expect(editor.page.get_by_role("status").filter(has_text="MODEL")).to_contain_text("CLIP")
    mouse.up()
    assert editor.saved()["links"] == []


def test_the_inputs_of_a_group_that_grows_take_only_what_the_group_takes(editor: EditorPage) -> None:
    picture = node(1, "EmptyImage", (0, 0), title="Picture", outputs="IMAGE:IMAGE", widgets=(64, 64, 1, 0))
    batch = node(2, "BatchMasksNode", (320, 0), title="Batch")
    editor.open(flow(picture, batch))
    mouse = editor.page.mouse
    mouse.move(*editor.socket("Picture", "outputs", "IMAGE"))
    mouse.down()
    mouse.move(*editor.socket("Batch", "inputs", "masks.mask0"), steps=6)
    expect(editor.page.get_by_role("status").filter(has_text="MASK")).to_contain_text("IMAGE")
    mouse.up()
    assert editor.saved()["links"] == []


def test_sockets_that_fit_light_up_while_a_link_is_dragged(editor: EditorPage) -> None:
    editor.open(three())
    fits, other = editor.socket("Words", "inputs", "clip"), editor.socket("Sampler", "inputs", "model")

    def seen(spot: Spot) -> bytes:
        clip = {"x": spot[0] - 12, "y": spot[1] - 12, "width": 24, "height": 24}
        return editor.page.screenshot(clip=clip)  # type: ignore[arg-type]

    mouse = editor.page.mouse
    mouse.move(*editor.empty())
    editor.page.wait_for_timeout(300)
    before = {spot: seen(spot) for spot in (fits, other)}
    mouse.move(*editor.socket("Loader", "outputs", "CLIP"))
    mouse.down()
    mouse.move(*editor.empty(), steps=4)
    editor.page.wait_for_timeout(300)
    during = {spot: seen(spot) for spot in (fits, other)}
    editor.page.keyboard.press("Escape")
    mouse.up()
    editor.page.wait_for_timeout(300)
    after = {spot: seen(spot) for spot in (fits, other)}
    assert during[fits] != before[fits]
    assert during[other] != before[other]
    assert during[fits] != during[other]
    assert after == before


def test_a_link_let_go_on_nothing_offers_only_what_fits(editor: EditorPage) -> None:
    editor.open(three())
    editor.drag(editor.socket("Loader", "outputs", "VAE"), editor.empty())
    palette = editor.page.get_by_role("listbox", name="Add a node")
    expect(palette.get_by_role("option", name="VAE Decode").first).to_be_visible()
    editor.page.keyboard.type("KSampler")
    expect(palette.get_by_role("option", name="VAE Decode")).to_have_count(0)  # the list has followed the typing
    expect(palette.get_by_role("option", name="KSampler")).to_have_count(0)
    editor.page.keyboard.press("Control+a")
    editor.page.keyboard.type("VAE Decode")
    editor.page.keyboard.press("Enter")
    after = editor.saved()
    decode = named(after, "VAEDecode")
    assert [link[1:4] for link in after["links"]] == [[1, 2, decode["id"]]]


def test_the_palette_has_the_focus_before_the_next_key_and_gives_it_back(editor: EditorPage) -> None:
    editor.open(three())
    editor.canvas.focus()
    x, y = moved(editor.empty(), 200, -60)
    focused = editor.canvas.evaluate(
        """async (canvas, [clientX, clientY]) => {
            canvas.dispatchEvent(new MouseEvent("dblclick", {clientX, clientY, bubbles: true}));
            for (let turn = 0; turn < 100; turn += 1) await null;
            return document.activeElement.getAttribute("role");
        }""",
        [x, y],
    )
    assert focused == "combobox"
    editor.page.keyboard.press("Escape")
    expect(editor.canvas).to_be_focused()


def test_a_double_click_on_nothing_finds_a_class_by_a_few_letters(editor: EditorPage) -> None:
    editor.open(three())
    spot = moved(editor.empty(), 200, -60)
    editor.page.mouse.dblclick(*spot)
    editor.page.keyboard.type("empty lat")
    editor.page.keyboard.press("Enter")
    added = named(editor.saved(), "EmptyLatentImage")
    canvas = box(editor.canvas)
    assert added["pos"] == pytest.approx([spot[0] - canvas["x"] - 60, spot[1] - canvas["y"] - 80], abs=2)


def test_a_link_is_picked_up_and_moved_or_dropped(editor: EditorPage) -> None:
    editor.open(linked())
    positive = editor.socket("Sampler", "inputs", "positive")
    negative = editor.socket("Sampler", "inputs", "negative")
    editor.drag(positive, negative)
    assert ("Words", 0, "Sampler", 2) in links_of(editor.saved())
    editor.drag(negative, editor.empty())
    assert {link[0] for link in links_of(editor.saved())} == {"Loader"}


def test_shift_moves_all_links_of_an_output(editor: EditorPage) -> None:
    workflow = linked()
    workflow["nodes"].append(loader(4, (0, 300), "Other loader"))
    workflow["last_node_id"] = 4
    editor.open(workflow)
    editor.page.keyboard.down("Shift")
    editor.drag(editor.socket("Loader", "outputs", "CLIP"), editor.socket("Other loader", "outputs", "CLIP"))
    editor.page.keyboard.up("Shift")
    assert ("Other loader", 1, "Words", 0) in links_of(editor.saved())


def middle(editor: EditorPage, origin: Spot, target: Spot) -> Spot:
    return (origin[0] + target[0]) / 2, (origin[1] + target[1]) / 2


def test_links_are_bent_by_reroutes_that_are_dragged(editor: EditorPage) -> None:
    editor.open(linked())
    half = middle(
        editor, editor.socket("Words", "outputs", "CONDITIONING"), editor.socket("Sampler", "inputs", "positive")
    )
    editor.page.mouse.dblclick(*half)
    (reroute,) = editor.saved()["extra"]["reroutes"]
    editor.drag(half, moved(half, 20, 250))
    after = editor.saved()
    (bent,) = after["extra"]["reroutes"]
    assert bent["linkIds"] == [3]
    assert bent["pos"][1] == pytest.approx(reroute["pos"][1] + 250, abs=1)
    editor.page.keyboard.press("Delete")
    gone = editor.saved()
    assert gone["extra"].get("reroutes", []) == []
    assert links_of(gone) == links_of(linked())


def test_a_node_is_inserted_into_the_link_it_is_dragged_on(editor: EditorPage) -> None:
    workflow = flow(
        loader(1, (0, 0)),
        sampler(3, (700, 80)),
        node(
            5,
            "LoraLoader",
            (300, 420),
            title="Lora",
            inputs="model:MODEL clip:CLIP",
            outputs="MODEL:MODEL CLIP:CLIP",
            widgets=("", 1.0, 1.0),
        ),
        links=((2, 1, 0, 3, 0, "MODEL"),),
    )
    editor.open(workflow)
    half = middle(editor, editor.socket("Loader", "outputs", "MODEL"), editor.socket("Sampler", "inputs", "model"))
    editor.drag(editor.title("Lora"), half)
    assert links_of(editor.saved()) == {("Loader", 0, "Lora", 0), ("Lora", 0, "Sampler", 0)}
    editor.page.keyboard.press("Control+z")
    assert links_of(editor.saved()) == {("Loader", 0, "Sampler", 0)}


def test_the_menu_of_a_link_inserts_a_node_and_deletes_the_link(editor: EditorPage) -> None:
    editor.open(linked())
    ends = editor.socket("Loader", "outputs", "MODEL"), editor.socket("Sampler", "inputs", "model")
    editor.page.mouse.click(*ends[1])
    spot = moved(ends[1], -14, 0)
    editor.click(spot, button="right")
    pick_in_menu(editor.page, "Insert a node")
    editor.page.keyboard.type("RescaleCFG")
    editor.page.keyboard.press("Enter")
    expect(editor.page.get_by_role("dialog")).to_have_count(0)  # as long as it fades it takes the clicks
    after = editor.saved()
    lora = named(after, "RescaleCFG")["id"]
    assert {(link[1], link[3]) for link in after["links"]} == {(1, 2), (1, lora), (lora, 3), (2, 3)}
    editor.page.keyboard.press("Control+z")
    editor.click(spot, button="right")
    pick_in_menu(editor.page, "Delete the link")
    assert links_of(editor.saved()) == links_of(linked()) - {("Loader", 0, "Sampler", 0)}


def test_deleting_a_node_can_join_its_neighbours(editor: EditorPage) -> None:
    workflow = flow(
        loader(1, (0, 0)),
        node(
            2,
            "RescaleCFG",
            (300, 0),
            title="Rescale",
            inputs="model:MODEL",
            outputs="MODEL:MODEL",
            widgets=(0.7,),
        ),
        sampler(3, (620, 80)),
        links=((1, 1, 0, 2, 0, "MODEL"), (2, 2, 0, 3, 0, "MODEL")),
    )
    editor.open(workflow)
    menu_of(editor, "Rescale")
    pick_in_menu(editor.page, "Delete and join its neighbours")
    assert links_of(editor.saved()) == {("Loader", 0, "Sampler", 0)}


# ---- widgets and sockets ----


def test_a_widget_becomes_a_socket_and_a_widget_again(editor: EditorPage) -> None:
    editor.open(three())
    menu_of(editor, "Sampler")
    pick_in_menu(editor.page, "Widgets and sockets", "Give “steps” a socket")
    inputs = named(editor.saved(), "Sampler")["inputs"]
    assert [made["widget"] for made in inputs if made["name"] == "steps"] == [{"name": "steps"}]
    menu_of(editor, "Sampler")
    pick_in_menu(editor.page, "Widgets and sockets", "Take the socket from “steps”")
    after = named(editor.saved(), "Sampler")
    assert "steps" not in [made["name"] for made in after["inputs"]]
    assert after["widgets_values"] == named(three(), "Sampler")["widgets_values"]


def test_a_primitive_feeds_the_widget_it_was_made_of(editor: EditorPage) -> None:
    editor.open(three())
    menu_of(editor, "Sampler")
    pick_in_menu(editor.page, "Make a primitive", "Make a primitive of “steps”")
    after = editor.saved()
    primitive = next(made for made in after["nodes"] if made["type"] == "PrimitiveNode")
    assert primitive["widgets_values"][0] == 20
    slot = next(at for at, made in enumerate(named(after, "Sampler")["inputs"]) if made["name"] == "steps")
    assert [link[1:5] for link in after["links"]] == [[primitive["id"], 0, 3, slot]]


def test_a_link_let_go_on_a_widget_makes_a_socket_of_it(editor: EditorPage) -> None:
    editor.open(flow(sampler(3, (620, 80)), node(4, "PrimitiveNode", (100, 100), title="Number", outputs="connect:*")))
    row = box(editor.widget("Sampler", "cfg"))
    output = box(editor.node("Number"))
    start = editor.socket("Number", "outputs", named(editor.saved(), "Number")["outputs"][0]["name"])
    assert start[0] == pytest.approx(output["x"] + output["width"])
    editor.drag(start, (row["x"] + row["width"] / 2, row["y"] + row["height"] / 2))
    after = editor.saved()
    slot = next(at for at, made in enumerate(named(after, "Sampler")["inputs"]) if made["name"] == "cfg")
    assert [link[1:5] for link in after["links"]] == [[4, 0, 3, slot]]
    assert named(after, "Number")["widgets_values"][0] == 8.0
