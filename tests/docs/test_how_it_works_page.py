"""The guide shows the pictures that its script makes, in both languages."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image

from nodegraph.packs.loader import load_packs

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "how-it-works"
LANGUAGES = ("README.md", "README.zh.md")
LIMIT = 1_000_000
"""Bytes of all pictures together at most."""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("how_it_works", ROOT / ".ci" / "how_it_works.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shape_of(text: str) -> dict[str, list[str]]:
    """What is the same in every language: pictures, formulas, where links lead, and how deep headings are."""
    return {
        "pictures": re.findall(r"!\[[^]]+\]\(([^)]+)\)", text),
        "formulas": re.findall(r"\$\$(.+?)\$\$", text),
        "links": sorted(link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("README")),
        "headings": re.findall(r"^#+", text, re.MULTILINE),
    }


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_pictures_are_those_of_the_script_in_its_order(script: ModuleType, name: str) -> None:
    shown = shape_of((FOLDER / name).read_text(encoding="utf-8"))["pictures"]
    assert shown == [f"{picture}.webp" for picture in script.PICTURES]


def test_both_languages_have_the_same_shape() -> None:
    one, other = (shape_of((FOLDER / name).read_text(encoding="utf-8")) for name in LANGUAGES)
    assert one == other
    assert len(one["headings"]) > 5


def test_the_pictures_are_there_and_small_and_none_is_left_over(script: ModuleType) -> None:
    files = sorted(FOLDER.glob("*.webp"))
    assert [file.stem for file in files] == sorted(script.PICTURES)
    assert sum(file.stat().st_size for file in files) < LIMIT
    for file in files:
        with Image.open(file) as picture:
            assert picture.format == "WEBP"
            assert picture.width > 500


@pytest.mark.parametrize("page", [FOLDER / name for name in LANGUAGES], ids=lambda page: page.name)
def test_links_of_the_guide_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link


def test_the_script_calls_nodes_that_there_are() -> None:
    text = (ROOT / ".ci" / "how_it_works.py").read_text(encoding="utf-8")
    called = set(re.findall(r'(?:studio|self)\(\s*"(\w+)"', text))
    assert len(called) > 8
    assert called <= load_packs().nodes.keys()


def test_the_readme_leads_there() -> None:
    assert "docs/how-it-works/README.md" in (ROOT / "README.md").read_text(encoding="utf-8")
