"""docs/security.md names the tests of every advisory, and every such test is of an advisory that it names."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text()
FILES = {
    "advisories": "tests/server/test_advisories.py",
    "pages": "tests/server/test_advisories_of_pages.py",
    "content": "tests/server/test_advisories_of_content.py",
    "load": "tests/server/test_advisories_of_load.py",
    "names": "tests/browser/test_hostile_names.py",
}
TEST = r"def test_((?:cve_\d+_\d+|ghsa(?:_[0-9a-z]{4}){3}|comfyui_\d+))_"


def test_the_table_and_the_tests_agree() -> None:
    rows = re.findall(r"^\| \[([^\]]+)\]\(https://\S+\) \| [^|]+ \| ([^|]+) \|$", PAGE, re.MULTILINE)
    told = {
        (re.sub(r"[- #]+", "_", number).lower(), file)
        for number, files in rows
        for file in re.findall(r"`(\w+)`", files)
    }
    there = {(number, file) for file, path in FILES.items() for number in re.findall(TEST, (ROOT / path).read_text())}
    assert len(rows) > 70
    assert told == there


def test_a_number_stands_in_the_address_of_its_record() -> None:
    for number, address in re.findall(r"^\| \[(CVE-[^\]]+)\]\((\S+)\)", PAGE, re.MULTILINE):
        assert address == f"https://www.cve.org/CVERecord?id={number}"
