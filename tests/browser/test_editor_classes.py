"""What the editor knows of node classes, as a person meets it: values, primitives, subgraphs, and what nobody knows."""

import json
import urllib.request
from collections.abc import Callable
from typing import Any

from editor_page import Canvas, EditorPage, box, named
from page_server import Server, text_to_image
from playwright.sync_api import expect

INNER = "5f0c7a2b-0000-4000-8000-0000000000aa"


def asked(server: Server, path: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.url + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def drawn(server: Server, *, control: str = "fixed", seed: int = 41) -> Canvas:
    """A workflow as the server draws it, all of it in view, with a word on what becomes of its seed."""
    answer: dict[str, Any] = asked(server, "api/v1/convert", {"workflow": text_to_image(seed=seed), "to": "canvas"})
    workflow: Canvas = answer["workflow"]
    workflow["extra"]["ds"] = {"scale": 0.7, "offset": [60, 140]}
    named(workflow, "Sampler")["widgets_values"][1] = control
    return workflow


def run(editor: EditorPage) -> dict[str, Any]:
    """Queue by key, wait for the end, and say what the server was asked to run: nodes by their ids."""
    expect(editor.node("Save")).to_be_visible()
    before = {job["job"] for job in jobs(editor)}
    editor.page.keyboard.press("Control+Enter")
    (job,) = wait_for(editor, lambda: [job for job in jobs(editor) if job["job"] not in before])
    wait_for(editor, lambda: [done for done in jobs(editor) if done["job"] == job["job"] and done["state"] == "done"])
    return asked(editor.server, f"api/v1/jobs/{job['job']}/request")["prompt"]  # type: ignore[no-any-return]


def jobs(editor: EditorPage) -> list[dict[str, Any]]:
    return asked(editor.server, "api/v1/jobs")["jobs"]  # type: ignore[no-any-return]


def wait_for(editor: EditorPage, found: Callable[[], list[Any]]) -> list[Any]:
    for _ in range(1500):
        if result := found():
            return result
        editor.page.wait_for_timeout(100)
    raise AssertionError("it did not happen in time")


def type_into(editor: EditorPage, title: str, name: str, text: str) -> None:
    frame = box(editor.widget(title, name))
    editor.click((frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2))
    expect(editor.widget(title, name).locator("input")).to_be_focused()
    editor.page.keyboard.press("Control+a")
    editor.page.keyboard.type(text)
    editor.page.keyboard.press("Enter")


def test_a_seed_moves_on_after_a_run_was_asked_for_and_comes_back_by_undo(editor: EditorPage, server: Server) -> None:
    editor.open(drawn(server, control="increment", seed=18446744073709551613))
    assert run(editor)["5"]["inputs"]["seed"] == 18446744073709551613
    assert run(editor)["5"]["inputs"]["seed"] == 18446744073709551614
    expect(editor.widget("Sampler", "seed")).to_contain_text("18446744073709551615")
    assert named(editor.saved(), "Sampler")["widgets_values"][:2] == [18446744073709551615, "increment"]
    editor.page.keyboard.press("Control+z")
    assert named(editor.saved(), "Sampler")["widgets_values"][0] == 18446744073709551613


def test_one_primitive_gives_its_value_to_two_widgets(editor: EditorPage, server: Server) -> None:
    workflow = drawn(server)
    workflow["nodes"].append(
        {
            "id": 8,
            "type": "PrimitiveNode",
            "title": "Side",
            "pos": [-40, 420],
            "size": [280, 90],
            "flags": {},
            "order": 7,
            "mode": 0,
            "inputs": [],
            "outputs": [{"name": "connect to widget input", "type": "*", "links": []}],
            "properties": {},
            "widgets_values": [],
        }
    )
    workflow["last_node_id"] = 8
    editor.open(workflow)
    for output, widget in (("connect to widget input", "width"), ("INT", "height")):
        row = box(editor.widget("Size", widget))
        target = (row["x"] + row["width"] / 2, row["y"] + row["height"] / 2)
        editor.drag(editor.socket("Side", "outputs", output), target)
    type_into(editor, "Side", "value", "96")
    saved = editor.saved()
    primitive, size = named(saved, "Side"), named(saved, "Size")
    assert primitive["outputs"][0]["type"] == "INT"
    assert primitive["outputs"][0]["widget"] == {"name": "width"}
    assert primitive["widgets_values"][0] == 96
    slots = [[socket["name"] for socket in size["inputs"]].index(name) for name in ("width", "height")]
    assert [link[1:] for link in saved["links"] if link[1] == 8] == [[8, 0, 4, slot, "INT"] for slot in slots]
    latent = run(editor)["4"]["inputs"]
    assert (latent["width"], latent["height"]) == (96, 96)


def test_a_subgraph_runs_as_saved_and_its_instance_keeps_what_is_changed_on_it(
    editor: EditorPage, server: Server
) -> None:
    workflow = drawn(server)
    put_sampler_inside(workflow)
    inside = json.loads(json.dumps(workflow["definitions"]["subgraphs"][0]["nodes"]))
    editor.open(workflow)
    assert run(editor)["5:1"]["inputs"]["steps"] == 3
    expect(editor.widget("Sampling", "steps")).to_contain_text("3")
    type_into(editor, "Sampling", "steps", "2")
    saved = editor.saved()
    assert named(saved, "Sampling")["widgets_values"] == [2]
    assert saved["definitions"]["subgraphs"][0]["nodes"] == inside
    assert run(editor)["5:1"]["inputs"]["steps"] == 2


def put_sampler_inside(workflow: Canvas) -> None:
    """Have an instance of a subgraph in the place of the sampler, with its links and with a widget for its steps."""
    sampler = named(workflow, "Sampler")
    shown = [socket for socket in sampler["inputs"] if not socket.get("widget") or socket["name"] == "steps"]
    instance = {**sampler, "type": INNER, "title": "Sampling", "inputs": shown, "widgets_values": []}
    instance.pop("widgets_values_named")
    workflow["nodes"][workflow["nodes"].index(sampler)] = instance
    links = [
        {"id": number, "origin_id": -10, "origin_slot": slot, "target_id": 1, "type": socket["type"]}
        | {"target_slot": sampler["inputs"].index(socket)}
        for slot, (number, socket) in enumerate(enumerate(shown, 1))
    ]
    fed = {link["target_slot"]: link["id"] for link in links}
    out = len(links) + 1
    links.append({"id": out, "origin_id": 1, "origin_slot": 0, "target_id": -20, "target_slot": 0, "type": "LATENT"})
    inner = {
        **sampler,
        "id": 1,
        "inputs": [{**socket, "link": fed.get(slot)} for slot, socket in enumerate(sampler["inputs"])],
        "outputs": [{"name": "LATENT", "type": "LATENT", "links": [out]}],
    }
    definition = {
        "id": INNER,
        "version": 1,
        "revision": 0,
        "name": "Sampling",
        "state": {"lastGroupId": 0, "lastNodeId": 1, "lastLinkId": out, "lastRerouteId": 0},
        "inputNode": {"id": -10, "bounding": [-300, 0, 120, 60]},
        "outputNode": {"id": -20, "bounding": [500, 0, 120, 60]},
        "inputs": [
            {"id": f"i{slot}", "name": socket["name"], "type": socket["type"], "linkIds": [slot + 1]}
            for slot, socket in enumerate(shown)
        ],
        "outputs": [{"id": "o", "name": "LATENT", "type": "LATENT", "linkIds": [out]}],
        "nodes": [inner],
        "links": links,
    }
    workflow["definitions"] = {"subgraphs": [definition]}


def test_what_nobody_knows_stays_whole_beside_what_is_edited_and_run(editor: EditorPage, server: Server) -> None:
    workflow = drawn(server)
    unknown = {
        "id": 8,
        "type": "OfSomePack",
        "title": "Odd one",
        "pos": [0.5, 420],
        "size": [280, 120],
        "flags": {"of_its_own": [1]},
        "order": 7,
        "mode": 0,
        "inputs": [{"name": "a", "type": "A_TYPE", "link": None, "shape": 7}],
        "outputs": [{"name": "b", "type": "B_TYPE", "links": None}],
        "properties": {"cnr_id": "some-pack", "more": {"deep": None}},
        "widgets_values": [18446744073709551615, "randomize", {"x": [1]}, "text"],
        "its_own": "too",
    }
    workflow["nodes"].append(unknown)
    workflow["last_node_id"] = 8
    editor.open(workflow)
    expect(editor.node("Odd one")).to_be_visible()
    type_into(editor, "Sampler", "steps", "2")
    assert named(editor.saved(), "Odd one") == unknown
    editor.click(editor.title("Odd one"))
    editor.page.keyboard.press("Control+b")
    assert named(editor.saved(), "Odd one") == {**unknown, "mode": 4}
    assert run(editor)["5"]["inputs"]["steps"] == 2
