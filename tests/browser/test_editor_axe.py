"""axe-core looks at all that the editor shows, in light and in dark, and finds nothing that shuts anybody out."""

import pytest
import states_of_files
import states_of_page
import states_of_runs
from axe import violations
from editor_page import EditorPage
from playwright.sync_api import expect

STATES = {**states_of_page.STATES, **states_of_files.STATES, **states_of_runs.STATES}
USUAL = list(STATES)[::3]
"""Those that every run of the tests looks at; all are looked at by ``-m slow``, before a release."""


@pytest.mark.usefixtures("idle_after")
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in USUAL else pytest.mark.slow) for name in STATES]
)
def test_axe_finds_nothing(editor: EditorPage, name: str) -> None:
    STATES[name](editor)
    found: dict[str, list[str]] = {}
    for scheme in ("light", "dark"):
        editor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        expect(editor.page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
        found[scheme] = violations(editor.page)
    assert "\n".join(f"{scheme}: {one}" for scheme, each in found.items() for one in each) == ""
