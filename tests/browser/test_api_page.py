"""The description of the HTTP interface at ``/docs``."""

import re

import pytest
from editor_page import EditorPage
from page_server import Server
from playwright.sync_api import Page, expect
from test_editor_axe import violations

from nodegraph.access.identity import Scope
from nodegraph.access.tokens import TokenBook
from nodegraph.server.api_v1.routes import description


@pytest.fixture
def docs(page: Page, server: Server) -> Page:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server.url}docs")
    expect(page.get_by_role("heading", name="Queue a workflow")).to_be_visible()
    assert all(url.startswith(server.url) for url in asked), "nothing comes from elsewhere"
    return page


def test_every_operation_is_described_and_found(docs: Page) -> None:
    contents = docs.get_by_role("navigation", name="Operations")
    named = [op["operationId"] for path in description().document["paths"].values() for op in path.values()]
    expect(contents.get_by_role("link")).to_have_count(len(named))
    docs.get_by_label("Search operations").fill("waiting pause")
    expect(contents.get_by_role("link")).to_have_text([re.compile("pause_queue")])
    docs.get_by_label("Search operations").fill("no such thing")
    expect(docs.get_by_text("No operation has these words.")).to_be_visible()


def test_an_address_leads_to_an_operation(docs: Page, server: Server) -> None:
    docs.get_by_role("link", name=re.compile("move_job")).first.click()
    expect(docs).to_have_url(f"{server.url}docs#move_job")
    expect(docs.locator("#move_job")).to_be_in_viewport()
    docs.reload()
    moving = docs.locator("#move_job")
    expect(moving).to_be_in_viewport()
    expect(moving).to_contain_text("needs run")
    moving.get_by_role("link", name="Move", exact=True).click()
    expect(docs.locator("#type-Move")).to_be_in_viewport()


def test_what_only_looks_can_be_tried(docs: Page) -> None:
    card = docs.locator("#get_job_status")
    card.get_by_text("Try it").click()
    card.get_by_role("textbox", name="job").fill("nobody's")
    card.get_by_role("button", name="Send").click()
    expect(card.get_by_role("group", name="Answers")).to_contain_text('"state": "unknown"')
    expect(docs.locator("#post_job").get_by_text("Try it")).to_have_count(0)


def test_it_is_there_in_both_languages_and_colours_for_everybody(docs: Page) -> None:
    docs.get_by_label("Search operations").fill("move")  # axe takes half a minute for all of it
    expect(docs.locator("#post_job")).to_have_count(0)
    expect(docs.locator("#type-Move")).to_be_attached()
    for scheme in ("light", "dark"):
        docs.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        expect(docs.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
        assert violations(docs) == []
    docs.get_by_role("button", name="Language").click()
    docs.get_by_role("menuitemradio", name="简体中文").click()
    expect(docs.get_by_role("heading", name="HTTP 接口")).to_be_visible()


def test_the_menu_leads_there(editor: EditorPage) -> None:
    page = editor.page
    page.goto(editor.server.url)
    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("menuitem", name="Help").hover()
    with page.expect_popup() as opened:
        page.get_by_role("menuitem", name="HTTP interface").click()
    expect(opened.value.get_by_role("heading", name="Queue a workflow")).to_be_visible()


def test_where_tokens_are_asked_for_one_signs_in(page: Page, tmp_path_factory: pytest.TempPathFactory) -> None:
    guarded = Server(tmp_path_factory.mktemp("home"), "--require-token", starter=False)
    guarded.start()
    book = TokenBook.of(guarded.home / "user")
    _, secret = book.make("reader", Scope.READ)
    try:
        page.goto(f"{guarded.url}docs#get_status")
        page.get_by_label("Access token").fill(secret)
        page.keyboard.press("Enter")
        expect(page.locator("#get_status")).to_contain_text("Authorization: Bearer $NODEGRAPH_TOKEN")
        expect(page.locator("#get_status")).to_be_in_viewport()
    finally:
        book.close()
        guarded.stop()
