"""Signing in: before the editor, in the midst of work, and what a token that may only look is told."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe import violations
from editor_page import EditorPage
from graphs import flow, node
from page_server import Server
from playwright.sync_api import Browser, Locator, Page, expect

from nodegraph.access.identity import Scope
from nodegraph.access.tokens import TokenBook


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that asks for tokens, with its models."""
    server = Server(tmp_path_factory.mktemp("home"), "--require-token")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def book(guarded: Server) -> Iterator[TokenBook]:
    """Its tokens, as ``nodegraph tokens`` has them."""
    opened = TokenBook.of(guarded.home / "user")
    yield opened
    for token in opened.all():
        if token.name != "first":
            opened.revoke(token.id)
    opened.close()


@pytest.fixture
def visitor(page: Page, guarded: Server) -> EditorPage:
    return EditorPage(page, guarded)


def field(page: Page) -> Locator:
    return page.get_by_label("Access token")


def again(page: Page) -> Locator:
    """What stands over the editor when the session has ended."""
    return page.get_by_role("dialog", name="Sign in again")


def sign_in(page: Page, secret: str) -> None:
    field(page).fill(secret)
    page.keyboard.press("Enter")


def test_a_person_signs_in_by_keyboard_and_out_by_the_menu(visitor: EditorPage, book: TokenBook) -> None:
    page, (_, secret) = visitor.page, book.make("Anna", Scope.RUN)
    page.goto(visitor.server.url)
    expect(page.get_by_role("heading", name="Sign in to nodegraph")).to_be_visible()
    expect(field(page)).to_be_focused()
    expect(visitor.canvas).to_have_count(0)
    sign_in(page, "ng_wrong")
    expect(page.get_by_text("This token is not known here")).to_be_visible()
    sign_in(page, f" {secret} ")
    visitor.ready()
    page.reload()
    visitor.ready()
    assert "nodegraph_session" not in page.evaluate("document.cookie")
    page.get_by_role("button", name="Account").click()
    expect(page.get_by_text("Anna")).to_be_visible()
    expect(page.get_by_text("May run workflows")).to_be_visible()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to nodegraph")).to_be_visible()


def test_an_address_with_a_token_opens_the_page_signed_in(visitor: EditorPage, book: TokenBook) -> None:
    page, (_, secret) = visitor.page, book.make("Berta", Scope.ADMIN)
    page.goto(f"{visitor.server.url}#token={secret}")
    visitor.ready()
    assert "token" not in page.url
    page.get_by_role("button", name="Account").click()
    expect(page.get_by_text("Admin: may do everything")).to_be_visible()


def test_a_session_that_ends_in_the_midst_of_work_costs_nothing(visitor: EditorPage, book: TokenBook) -> None:
    page, (_, secret) = visitor.page, book.make("Carla", Scope.RUN)
    page.goto(f"{visitor.server.url}#token={secret}")
    visitor.ready()
    nodes = page.locator("[data-node]")
    expect(nodes.first).to_be_visible()
    visitor.canvas.focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    expect(nodes).to_have_count(0)
    book.revoke("Carla")
    expect(again(page)).to_be_visible()
    expect(field(page)).to_be_focused()
    _, other = book.make("Carla", Scope.RUN)
    sign_in(page, other)
    expect(again(page)).to_have_count(0)
    visitor.ready()
    expect(nodes).to_have_count(0)
    page.keyboard.press("Control+z")  # what was done before can be undone
    expect(nodes.first).to_be_visible()


def test_who_may_only_look_cannot_queue_and_reads_why(visitor: EditorPage, book: TokenBook) -> None:
    page, (_, secret) = visitor.page, book.make("Dora", Scope.READ)
    page.goto(f"{visitor.server.url}#token={secret}")
    visitor.ready()
    button = page.get_by_test_id("queue")
    expect(button).to_be_disabled()
    button.hover()
    expect(page.get_by_role("tooltip")).to_contain_text("may look only")


def test_what_a_token_does_not_allow_is_disabled_and_says_why(visitor: EditorPage, book: TokenBook) -> None:
    page, (_, secret) = visitor.page, book.make("Dora", Scope.READ)
    page.goto(f"{visitor.server.url}#token={secret}")
    visitor.ready()
    page.get_by_role("navigation").get_by_role("button", name="Queue", exact=True).click()
    for name, reason in (("Pause the queue", "Only an admin"), ("Take out all that waits", "may look only")):
        button = page.get_by_role("button", name=name)
        expect(button).to_be_disabled()
        button.hover()
        expect(page.get_by_role("tooltip").filter(has_text=reason)).to_be_visible()
    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("menuitem", name="Run", exact=True).hover()
    pause = page.get_by_role("menuitemcheckbox", name="Pause the queue")
    expect(pause).to_be_disabled()
    expect(pause).to_have_attribute("title", re.compile("Only an admin"))
    page.get_by_role("menuitem", name="File", exact=True).hover()
    save = page.get_by_role("menuitem", name=re.compile("^Save (Ctrl|⌘)"))
    expect(save).to_be_disabled()
    expect(save).to_have_attribute("title", re.compile("may look only"))

    page.reload()
    visitor.ready()
    picture = node(1, "LoadImage", (0, 0), title="Picture", outputs="IMAGE:IMAGE MASK:MASK", widgets=("a.png", "image"))
    visitor.drop("picture.json", json.dumps(flow(picture)).encode())
    for name in ("Upload a file for image", "Paint a mask for image"):
        tool = visitor.node("Picture").get_by_role("button", name=name)
        expect(tool).to_be_disabled()
        expect(tool).to_have_attribute("title", re.compile("may look only"))
    tool.dispatch_event("click")
    expect(page.get_by_role("dialog")).to_have_count(0)


def open_tokens(page: Page) -> Locator:
    """The dialog of access tokens, opened from the menu."""
    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("menuitem", name="View").hover()
    page.get_by_role("menuitem", name="Access tokens…").click()
    dialog = page.get_by_role("dialog", name="Access tokens")
    expect(dialog.get_by_role("table")).to_be_visible()
    return dialog


def test_an_admin_makes_tokens_and_revokes_them(visitor: EditorPage, book: TokenBook) -> None:
    page, (_, secret) = visitor.page, book.make("Emma", Scope.ADMIN)
    book.make("studio", Scope.READ)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=visitor.server.url.rstrip("/"))
    page.goto(f"{visitor.server.url}#token={secret}")
    visitor.ready()
    dialog = open_tokens(page)
    rows = dialog.get_by_role("row")
    expect(rows.filter(has_text="Emma")).to_contain_text("You")
    expect(rows.filter(has_text="studio")).to_contain_text("Look only")
    expect(rows.filter(has_text="studio")).to_contain_text("Never")

    dialog.get_by_role("textbox", name="Name").fill("studio")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("There is a token 'studio' already")
    dialog.get_by_role("textbox", name="Name").fill("press")
    page.keyboard.press("Enter")
    shown = dialog.get_by_text(re.compile("^ng_"))
    expect(shown).to_be_visible()
    dialog.get_by_role("button", name="Copy the token").click()
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == shown.inner_text()
    found = book.find(copied)
    assert found is not None
    assert (found.name, found.scope) == ("press", Scope.RUN)
    expect(rows.filter(has_text="press")).to_contain_text("Run workflows")

    dialog.get_by_role("button", name="Revoke press").click()
    dialog.get_by_role("button", name="Keep it").click()
    assert book.find(copied) is not None
    dialog.get_by_role("button", name="Revoke press").click()
    dialog.get_by_role("button", name="Revoke", exact=True).click()
    expect(rows.filter(has_text="press")).to_have_count(0)
    expect(shown).to_have_count(0)
    assert book.find(copied) is None
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_only_admins_are_offered_the_tokens(visitor: EditorPage, book: TokenBook) -> None:
    page, (_, secret) = visitor.page, book.make("Frieda", Scope.RUN)
    page.goto(f"{visitor.server.url}#token={secret}")
    visitor.ready()
    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("menuitem", name="View").hover()
    expect(page.get_by_role("menuitem", name="Settings…")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Access tokens…")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dialog_of_tokens_is_everyones(browser: Browser, guarded: Server, book: TokenBook, scheme: Any) -> None:
    _, secret = book.make("Greta", Scope.ADMIN)
    context = browser.new_context(color_scheme=scheme, locale="en-GB", viewport={"width": 900, "height": 700})
    page = context.new_page()
    page.goto(f"{guarded.url}#token={secret}")
    dialog = open_tokens(page)
    dialog.get_by_role("textbox", name="Name").fill("press")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text(re.compile("^ng_"))).to_be_visible()
    dialog.get_by_role("button", name="Revoke Greta").click()
    expect(dialog.get_by_text("you will have to sign in with another one")).to_be_visible()
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_the_sign_in_page_is_everyones(browser: Browser, guarded: Server, scheme: Any, language: str) -> None:
    context = browser.new_context(color_scheme=scheme, locale=language, viewport={"width": 800, "height": 600})
    page = context.new_page()
    page.goto(guarded.url)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile("登录" if language == "zh-CN" else "Sign in"))
    assert violations(page) == []
    context.close()
