"""Makes the thumbnails of the example workflows: each one is what its workflow paints with the starter model.

usage: python .ci/thumbnails.py [NAME ...]        writes workflows/NAME.webp; all of them when no name is given

A workflow is run as ``nodegraph run`` runs it, on the CPU in full precision, so that the same file comes out each time.
The pictures that it saves lie side by side in the order of its Save Image nodes, all of one height; more than three are
put into rows. Sheets, which are not square, lie one below the other, all of one width. Run it again whenever a workflow
or the starter model changes: a test compares.
"""

import json
import math
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

WORKFLOWS = Path(__file__).parents[1] / "workflows"
HEIGHT = 192
GAP = 6
LIMIT = 20_000
"""Bytes of a thumbnail at most."""


def prefixes(workflow: Path) -> list[str]:
    """What the names of the files begin with that each Save Image node of a canvas writes, by the nodes' ids."""
    nodes = json.loads(workflow.read_text(encoding="utf-8"))["nodes"]
    saving = sorted((node for node in nodes if node["type"] == "SaveImage"), key=lambda node: node["id"])
    return [node["widgets_values"][0] for node in saving]


def pictures(workflow: Path, output: Path) -> list[Image.Image]:
    """What a workflow saved in the folder ``output``."""
    files = [file for prefix in prefixes(workflow) for file in sorted(output.glob(f"{prefix}_[0-9]*.png"))]
    return [Image.open(file).convert("RGB") for file in files]


def sheet(pictures: Sequence[Image.Image]) -> Image.Image:
    """The thumbnail of pictures, with transparent gaps."""
    return grid(pictures) if all(picture.width == picture.height for picture in pictures) else stack(pictures)


def stack(pictures: Sequence[Image.Image]) -> Image.Image:
    """Pictures of any shape one below the other, as wide as all of them together fit into twice the height."""
    room = HEIGHT - GAP * (len(pictures) - 1)
    width = min(2 * HEIGHT, int(room / sum(picture.height / picture.width for picture in pictures)))
    small = [
        picture.resize((width, round(width * picture.height / picture.width)), Image.Resampling.LANCZOS)
        for picture in pictures
    ]
    whole = Image.new("RGBA", (width, sum(picture.height + GAP for picture in small) - GAP))
    top = 0
    for picture in small:
        whole.paste(picture, (0, top))
        top += picture.height + GAP
    return whole


def grid(pictures: Sequence[Image.Image]) -> Image.Image:
    """Square pictures in a grid about twice as wide as high."""
    rows = 1 if len(pictures) <= 3 else round(math.sqrt(len(pictures) / 2))
    columns = math.ceil(len(pictures) / rows)
    side = (HEIGHT - GAP * (rows - 1)) // rows
    whole = Image.new("RGBA", (columns * (side + GAP) - GAP, rows * (side + GAP) - GAP))
    for index, picture in enumerate(pictures):
        row, column = divmod(index, columns)
        at = (column * (side + GAP), row * (side + GAP))
        whole.paste(picture.resize((side, side), Image.Resampling.LANCZOS), at)
    return whole


def make(name: str) -> Path:
    """Run an example and write its thumbnail."""
    workflow = WORKFLOWS / f"{name}.json"
    with TemporaryDirectory() as home:
        line = [sys.executable, "-m", "nodegraph", "run", str(workflow), "--home", home]
        subprocess.run([*line, "--device", "cpu", "--precision", "fp32"], check=True, stdout=subprocess.DEVNULL)
        whole = sheet(pictures(workflow, Path(home, "output")))
    thumbnail = workflow.with_suffix(".webp")
    for quality in (90, 85, 80, 70, 60):
        whole.save(thumbnail, quality=quality, method=6)
        if thumbnail.stat().st_size <= LIMIT:
            return thumbnail
    raise SystemExit(f"{thumbnail} has {thumbnail.stat().st_size} bytes; at most {LIMIT} are allowed.")


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(path.stem for path in WORKFLOWS.glob("*.json")):
        made = make(name)
        sys.stdout.write(f"{made} {made.stat().st_size}\n")
