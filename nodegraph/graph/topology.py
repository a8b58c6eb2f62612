"""Order, ancestry and cycles of a graph. Only structure: it knows nothing of classes, types or values.

Everything is linear in nodes and links, and iterative, because a chain of ten thousand nodes is a legal graph and
Python's stack is not that deep. Links to nodes that are not there are skipped.
"""

from collections.abc import Iterable, Iterator

from nodegraph.graph.graph import Graph, Link


def components(graph: Graph, roots: Iterable[str]) -> list[list[str]]:
    """The strongly connected components of what ``roots`` depend on (and are), each after all it depends on.

    A component of several nodes holds a cycle; so does one node that links to itself. The order depends only on the
    order in which nodes and inputs are written. Tarjan, "Depth-first search and linear graph algorithms" (1972).
    """
    found: list[list[str]] = []
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    waiting: list[str] = []
    closed: set[str] = set()
    for root in roots:
        if root in number or root not in graph:
            continue
        path = [(root, _needs(graph, root))]
        number[root] = lowest[root] = len(number)
        waiting.append(root)
        while path:
            node, needs = path[-1]
            for need in needs:
                if need not in number:
                    number[need] = lowest[need] = len(number)
                    waiting.append(need)
                    path.append((need, _needs(graph, need)))
                    break
                if need not in closed:
                    lowest[node] = min(lowest[node], number[need])
            else:
                path.pop()
                if path:
                    parent = path[-1][0]
                    lowest[parent] = min(lowest[parent], lowest[node])
                if lowest[node] == number[node]:
                    start = len(waiting) - 1
                    while waiting[start] != node:
                        start -= 1
                    component = waiting[start:]
                    del waiting[start:]
                    closed.update(component)
                    found.append(component)
    return found


def order(graph: Graph, roots: Iterable[str]) -> list[str]:
    """``roots`` and all they depend on, each node after those that feed it. The graph must have no cycle."""
    return [node for component in components(graph, roots) for node in component]


def ancestors(graph: Graph, roots: Iterable[str]) -> set[str]:
    """``roots`` and everything they depend on."""
    found: set[str] = set()
    stack = [root for root in roots if root in graph]
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(_needs(graph, node))
    return found


def cycle_in(graph: Graph, component: list[str]) -> list[str] | None:
    """One cycle among the nodes of a strongly connected component, each node fed by the next; None if it has none."""
    node = component[0]
    if len(component) == 1:
        return component if node in _needs(graph, node) else None
    members = set(component)
    seen: dict[str, int] = {}
    while node not in seen:
        seen[node] = len(seen)
        node = next(need for need in _needs(graph, node) if need in members)
    return list(seen)[seen[node] :]


def _needs(graph: Graph, node: str) -> Iterator[str]:
    """The nodes that feed ``node``, as an iterator: the depth-first walk resumes it."""
    return iter([v.node for v in graph[node].inputs.values() if isinstance(v, Link) and v.node in graph])
