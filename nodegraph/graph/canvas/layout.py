"""Places for nodes that were never drawn: a column for each step from the sources, from left to right.

Knows sizes and links, and nothing of what is linked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

Size = tuple[int, int]
Place = tuple[int, int]

COLUMN_GAP = 80
ROW_GAP = 70
"""Room for a node's title, which an editor draws above its place, and some air."""


def columns(nodes: Iterable[str], links: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The nodes by their distance from what they depend on; a circle of nodes is in one column."""
    import networkx as nx  # only for this: a server should not pay for it when it starts

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(links)
    circles = nx.condensation(graph)
    return [
        [node for circle in generation for node in sorted(circles.nodes[circle]["members"])]
        for generation in nx.topological_generations(circles)
    ]


def places(sizes: Mapping[str, Size], links: Iterable[tuple[str, str]]) -> dict[str, Place]:
    """Where the upper left corner of each node goes, in the order of the columns."""
    linked = list(links)
    sources: dict[str, list[str]] = defaultdict(list)
    for source, target in linked:
        sources[target].append(source)
    placed: dict[str, Place] = {}

    def height(node: str) -> float:
        """The mean height of what a node depends on: near it, its links are short."""
        heights = [placed[source][1] for source in sources[node] if source in placed]
        return sum(heights) / len(heights) if heights else 0

    x = 0
    for column in columns(sizes, linked):
        y = 0
        for node in sorted(column, key=height):
            placed[node] = x, y
            y += sizes[node][1] + ROW_GAP
        x += max(sizes[node][0] for node in column) + COLUMN_GAP
    return placed
