import gzip
import json
from pathlib import Path

from support.tiny_checkpoint import GENUINE, layout

LAYOUTS = Path(__file__).parents[1] / "reference" / "checkpoint-layouts.json.gz"


def test_layout_at_the_genuine_sizes_is_the_genuine_layout() -> None:
    layouts = json.loads(gzip.decompress(LAYOUTS.read_bytes()))
    genuine = {key: shape for part in layouts["files"]["SD 1.5"] for key, shape in layouts[part].items()}
    assert layout(GENUINE) == genuine
