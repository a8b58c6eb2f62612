"""The page under fingers: whatever is tapped is large enough for one."""

import pytest
import states_of_files
import states_of_page
import states_of_runs
from editor_page import EditorPage

ALL = {**states_of_page.STATES, **states_of_files.STATES, **states_of_runs.STATES}
STATES = (
    "the page at rest",
    "main menu",
    "settings",
    "shortcut sheet",
    "find in graph",
    "adding a node",
    "nodes panel",
    "workflows panel, menu of a file",
    "queue panel, paused, with rows",
    "history panel, with rows",
    "ways to queue",
    "in a subgraph",
    "open workflow",
    "save as",
    "conflict",
    "former versions",
    "the report of what is missing",
    "what cannot run yet",
    "a picture, how it was made",
    "painting a mask",
)
LEAST = 36
TOO_SMALL = """(least) => {
    const targets = "button, a[href], input, summary, [role=button], [role^=menuitem], [role=option], [role=treeitem]";
    const small = [];
    for (const element of document.querySelectorAll(targets)) {
        if (element.closest("[data-node]")) continue;  // as large as the node is looked at
        const target = ["radio", "checkbox"].includes(element.type) ? (element.labels[0] ?? element) : element;
        // As laid out: the box on the screen is a hair smaller while a dialog still grows to its size.
        const { offsetWidth: width, offsetHeight: height } = target;
        const { clipPath, visibility } = getComputedStyle(target);
        const hidden = Math.min(width, height) < 2 || clipPath !== "none" || visibility === "hidden";
        const size = `${width} x ${height}`;
        if (!hidden && Math.min(width, height) < least) small.push(`${size}: ${target.outerHTML.slice(0, 200)}`);
    }
    return small;
}"""


@pytest.mark.usefixtures("idle_after")
@pytest.mark.parametrize(  # every second one in each run of the tests, all by ``-m slow``
    "name", [pytest.param(name, marks=pytest.mark.slow if at % 2 else ()) for at, name in enumerate(STATES)]
)
def test_what_is_tapped_has_room_for_a_finger(editor: EditorPage, name: str) -> None:
    page = editor.page
    ALL[name](editor)
    page.context.new_cdp_session(page).send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.set_viewport_size({"width": 1024, "height": 768})
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    assert page.evaluate(TOO_SMALL, LEAST) == []
