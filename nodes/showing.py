"""Looking at values."""

from nodegraph.execution.results import Shown
from nodegraph.packs.declare import node
from nodegraph.packs.types import Anything
from nodegraph.values.text import as_text


@node("PreviewAny", category="utils", display_name="Preview as Text", output=True, aliases=("show", "print", "inspect"))
def preview_any(*, source: Anything) -> Shown:
    """Show any value as text."""
    return Shown({"text": [as_text(source)]})
