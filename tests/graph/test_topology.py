"""Order, ancestry and cycles."""

from hypothesis import given
from hypothesis import strategies as st
from processor_time import least_seconds

from nodegraph.graph.graph import Graph, Link, Node
from nodegraph.graph.topology import ancestors, components, cycle_in, order


def graph_of(**feeding: str) -> Graph:
    """``c="ab"``: node c is fed by nodes a and b."""
    return {
        id: Node(id, "X", {f"i{i}": Link(source, 0) for i, source in enumerate(sources)})
        for id, sources in feeding.items()
    }


def cycles(graph: Graph) -> list[list[str]]:
    return [circle for component in components(graph, graph) if (circle := cycle_in(graph, component))]


def chain(length: int) -> Graph:
    return {str(i): Node(str(i), "X", {"x": Link(str(i - 1), 0)} if i else {}) for i in range(length)}


def test_order_puts_sources_first_and_leaves_out_what_nobody_needs() -> None:
    graph = graph_of(d="bc", c="a", b="a", a="", e="d")
    assert order(graph, ["d"]) == ["a", "b", "c", "d"]


def test_ancestors_include_the_roots() -> None:
    graph = graph_of(d="bc", c="a", b="a", a="", e="d")
    assert ancestors(graph, ["b"]) == {"a", "b"}
    assert ancestors(graph, ["nowhere"]) == set()


def test_links_to_missing_nodes_are_skipped() -> None:
    assert order(graph_of(a="z"), ["a"]) == ["a"]


def test_finds_each_cycle() -> None:
    graph = graph_of(a="b", b="c", c="a", d="d", e="d", f="")
    assert sorted(map(sorted, cycles(graph))) == [["a", "b", "c"], ["d"]]


def test_cycles_name_each_node_before_its_source() -> None:
    (circle,) = cycles(graph_of(a="b", b="c", c="a"))
    start = circle.index("a")
    assert circle[start:] + circle[:start] == ["a", "b", "c"]


def test_a_chain_of_ten_thousand_does_not_exhaust_the_stack() -> None:
    graph = chain(10_000)
    assert order(graph, ["9999"]) == [str(i) for i in range(10_000)]
    ring = {**graph, "0": Node("0", "X", {"x": Link("9999", 0)})}
    assert len(cycles(ring)[0]) == 10_000


def test_time_is_linear() -> None:
    def seconds(length: int) -> float:
        graph = chain(length)
        return least_seconds(lambda: order(graph, [str(length - 1)]))

    assert seconds(16_000) < 8 * seconds(4_000)  # quadratic would be 16 times


@st.composite
def any_graphs(draw: st.DrawFn) -> Graph:
    size = draw(st.integers(1, 12))
    ids = [str(i) for i in range(size)]
    return {
        id: Node(id, "X", {str(i): Link(source, 0) for i, source in enumerate(draw(st.lists(st.sampled_from(ids))))})
        for id in ids
    }


@given(any_graphs())
def test_components_agree_with_the_definition(graph: Graph) -> None:
    reach = {id: ancestors(graph, [id]) for id in graph}
    found = components(graph, graph)
    assert sorted(id for component in found for id in component) == sorted(graph)
    for component in found:
        for id in component:
            assert set(component) == {other for other in reach[id] if id in reach[other]}
    place = {id: i for i, component in enumerate(found) for id in component}
    assert all(place[link.node] <= place[id] for id in graph for _, link in graph[id].links())


@given(any_graphs())
def test_what_is_called_a_cycle_is_one(graph: Graph) -> None:
    for circle in cycles(graph):
        for node, following in zip(circle, [*circle[1:], circle[0]], strict=True):
            assert following in [link.node for _, link in graph[node].links()]
