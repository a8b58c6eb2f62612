"""One run of a graph, from the outputs that are wanted to the event that ends it.

Owns the state of the run: what is demanded, what waits, what has settled. Order is the plan's business, calling over
lists the mapping's, results of earlier runs the cache's.

Hot path: see :mod:`nodegraph.execution.engine`.
"""

import inspect
import itertools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nodegraph.execution import mapping
from nodegraph.execution.cache import Result
from nodegraph.execution.cancel import Cancelled
from nodegraph.execution.events import (
    Event,
    Failure,
    JobFinished,
    Kept,
    NodeBlocked,
    NodeFinished,
    NodeOutput,
    NodesCached,
    NodeStarted,
    Outcome,
)
from nodegraph.execution.expansion import grafted, numbered
from nodegraph.execution.failure import failure_of
from nodegraph.execution.implementation import ALWAYS, Implementation
from nodegraph.execution.plan import Plan, Rank
from nodegraph.execution.results import Blocked, Expansion
from nodegraph.execution.tasks import Tasks
from nodegraph.graph import dynamic
from nodegraph.graph.graph import Graph, Link, Node
from nodegraph.graph.keys import Key, add_keys
from nodegraph.graph.spec import Hidden, Listing, NodeSpec

if TYPE_CHECKING:
    from nodegraph.execution.engine import Engine

_CANCEL_POLL = 0.05
"""Seconds between looks at the cancel flag while only asynchronous nodes run."""


@dataclass(slots=True)
class Call:
    """A node on its way from its start to its result."""

    node: Node
    implementation: Implementation
    lists: dict[str, list[Any]]
    started: float
    answers: list[Any] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    """Output nodes of the graph it expanded to."""


class Run:
    """The state of one run."""

    def __init__(
        self,
        engine: "Engine",
        job: str,
        graph: Graph,
        emit: Callable[[Event], None],
        make_context: Callable[[Node], Any],
        cancelled: Callable[[], bool],
        wait: Callable[[], None],
        hidden: Mapping[Hidden, Any],
        owner: str,
    ) -> None:
        self.engine = engine
        self.job = job
        self.graph = dict(graph)
        self.emit = emit
        self.make_context = make_context
        self.cancelled = cancelled
        self.wait = wait
        self.hidden = hidden
        self.owner = owner
        self.ranks: dict[str, Rank] = {}
        self.keys: dict[str, Key] = {}
        self.results: dict[str, Result] = {}
        self.executed: list[str] = []
        self.expanding: dict[str, Call] = {}
        self.tasks: Tasks[Call] = Tasks()
        self.nonce = itertools.count()
        self.fleeting: set[str] = set()
        self.plan = Plan(self.ranks.__getitem__, self.results.__delitem__)
        self.current = Node("", "", {})
        self.current_lists: dict[str, list[Any]] = {}

    # ---- the run as a whole ----

    def work(self, outputs: Sequence[str]) -> JobFinished:
        """Do everything; the answer says how it ended."""
        try:
            self.add_keys(outputs)
            self.graph = {id: node for id, node in self.graph.items() if id in self.keys}  # only what outputs need
            self.rank(self.graph)
            self.emit(self.foreseen(outputs))
            for output in outputs:
                self.demand(output)
            self.loop_until_done()
        except Cancelled:
            return self.finished(Outcome.CANCELLED)
        except BaseException as error:  # also a node that calls sys.exit(): the run must have an end
            if self.cancelled():  # a node may wrap what the gate raised in it
                return self.finished(Outcome.CANCELLED)
            return self.finished(Outcome.FAILED, failure_of(error, self.current, self.current_lists))
        finally:
            self.tasks.close()
        return self.finished(Outcome.DONE)

    def finished(self, outcome: Outcome, failure: Failure | None = None) -> JobFinished:
        node = self.current if outcome is not Outcome.DONE else Node("", "", {})
        return JobFinished(self.job, outcome, time.time(), self.executed, failure, node.id, node.class_id)

    def loop_until_done(self) -> None:
        """The loop itself: one ready node after the other; when none is left, wait for the asynchronous ones."""
        while True:
            self.wait()
            if self.cancelled():
                raise Cancelled
            node = self.plan.pop()
            if node is not None:
                self.step(node)
                if self.tasks:
                    self.attend(0)
            elif self.tasks:
                self.attend(_CANCEL_POLL)
            else:
                return

    # ---- keys and demand ----

    def rank(self, graph: Iterable[str]) -> None:
        """Outputs first, so that what is ready is shown; then what feeds one; then the order they were written in."""
        for id in graph:
            node = self.graph[id]
            spec = self.spec(node.class_id)
            self.ranks[id] = (0 if spec.is_output else 2, len(self.ranks))
        for id in graph:
            if self.ranks[id][0] == 0:
                for _, link in self.graph[id].links():
                    category, index = self.ranks[link.node]
                    self.ranks[link.node] = (min(category, 1), index)

    def spec(self, class_id: str) -> NodeSpec:
        return self.engine.implementations[class_id].spec

    def add_keys(self, wanted: Iterable[str]) -> None:
        add_keys(self.keys, self.graph, wanted, self.spec, self.salt)

    def salt(self, node: Node, spec: NodeSpec) -> object:
        """What besides class, literals and links a node's result depends on."""
        self.current = node
        salt: list[object] = [self.engine.environment, self.owner]
        for declared in spec.inputs:
            value = node.inputs.get(declared.name)
            if isinstance(declared.choices, Listing) and isinstance(value, str):
                salt.append(self.engine.fingerprint(self.owner, declared.choices, value))
        fingerprint = self.engine.implementations[node.class_id].fingerprint(
            {name: value for name, value in node.inputs.items() if not isinstance(value, Link)}
        )
        if fingerprint is ALWAYS:
            self.fleeting.add(node.id)
            salt.append((self.job, next(self.nonce), time.time_ns()))
        elif fingerprint is not None:
            salt.append(fingerprint)
        if not spec.idempotent or Hidden.UNIQUE_ID in spec.hidden.values():
            salt.append(node.id)
        return salt

    def foreseen(self, outputs: Sequence[str]) -> NodesCached:
        """What is known before anything runs: which results are there, and what is needed that is not."""
        kept: dict[str, Kept] = {}
        for id in self.graph:
            place = self.engine.cache.kept(self.keys[id])
            if place is not None:
                kept[id] = place
        to_run: dict[str, None] = {}
        stack = [id for id in reversed(outputs) if id not in kept]
        while stack:
            id = stack.pop()
            if id not in to_run:
                to_run[id] = None
                stack += [link.node for _, link in self.graph[id].links() if link.node not in kept]
        return NodesCached(self.job, list(kept), time.time(), kept, list(to_run))

    def demand(self, target: str) -> None:
        """Have ``target`` computed: take it from the cache, or make it wait for what it needs, and demand that."""
        stack = [target]
        while stack:
            id = stack.pop()
            if self.plan.knows(id):
                continue
            result = self.engine.cache.get(self.keys[id])
            if result is not None:
                self.reuse(id, result)
                continue
            node = self.graph[id]
            lazy = self.lazy_inputs(node)
            stack.extend(self.plan.add(id, [link.node for name, link in node.links() if name not in lazy]))

    def wait_for(self, id: str, needs: Sequence[str]) -> None:
        """Have a node that was demanded wait for more, which are demanded in the order given."""
        for need in needs:
            self.demand(need)
        self.plan.add(id, needs)

    def lazy_inputs(self, node: Node) -> set[str]:
        return {declared.name for declared in self.spec(node.class_id).inputs if declared.lazy}

    def reuse(self, id: str, result: Result) -> None:
        """Settle a node with a result of an earlier run, and show again what it showed then."""
        self.results[id] = result
        for member, ui in result.shown:
            self.emit(NodeOutput(self.job, member or id, self.display(id), dict(ui), cached=True))
        self.plan.settle(id)

    def display(self, id: str) -> str:
        return self.graph[id].display_id or id

    # ---- one node ----

    def step(self, id: str) -> None:
        """Run a node whose needs have settled; or finish it, when what settled was the graph it expanded to."""
        expanded = self.expanding.pop(id, None)
        if expanded is not None:
            self.finish(expanded)
            return
        node = self.graph[id]
        self.current, self.current_lists = node, {}
        implementation = self.engine.implementations[node.class_id]
        result = self.engine.cache.get(self.keys[id])  # a twin in this very graph may have computed it meanwhile
        if result is not None:
            self.reuse(id, result)
            return
        lists = {
            name: self.results[link.node].values[link.slot]
            for name, link in node.links()
            if self.plan.settled(link.node)
        }
        constants = self.constants(node, implementation.spec)
        if self.lazy_inputs(node) and self.wait_for_lazy(node, implementation, lists, constants):
            return
        constants.update((name, None) for name, _ in node.links() if name not in lists)  # lazy, and not wanted
        self.current_lists = lists
        self.emit(NodeStarted(self.job, id, self.display(id), node.display_id or None))
        call = Call(node, implementation, lists, time.perf_counter())
        context = self.make_context(node)
        pending = False
        for inputs in mapping.calls(implementation.spec, lists, constants):
            block = mapping.blocked_by(inputs)
            answer: Any = block if block is not None else implementation.call(context, inputs)
            pending = pending or inspect.isawaitable(answer)
            call.answers.append(answer)
        if pending:
            self.tasks.start(call, call.answers)
        else:
            self.answered(call)

    def constants(self, node: Node, spec: NodeSpec) -> dict[str, Any]:
        """Literals, defaults of inputs not given, and hidden inputs."""
        constants: dict[str, Any] = {}
        for declared in spec.inputs:
            value = node.inputs.get(declared.name, _ABSENT)
            if value is _ABSENT:
                if declared.optional or declared.has_default:
                    constants[declared.name] = declared.default
            elif not isinstance(value, Link):
                constants[declared.name] = value
        constants.update(dynamic.member_literals(dynamic.groups(spec), node.inputs))
        for name, kind in spec.hidden.items():
            constants[name] = node.id if kind is Hidden.UNIQUE_ID else self.hidden.get(kind)
        return constants

    def wait_for_lazy(
        self, node: Node, implementation: Implementation, lists: Mapping[str, list[Any]], constants: Mapping[str, Any]
    ) -> bool:
        """Ask which lazy inputs are wanted now; true if the node has to wait for one."""
        wanted: list[str] = []
        for inputs in mapping.calls(implementation.spec, lists, constants):
            if mapping.blocked_by(inputs) is None:
                wanted += implementation.wanted(inputs)
        needs = [link.node for name, link in node.links() if name in wanted and name not in lists]
        if not needs:
            return False
        self.wait_for(node.id, needs)
        return True

    def answered(self, call: Call) -> None:
        """All calls have answered: expand, or finish."""
        expansions = []
        for number, answer in enumerate(call.answers):
            if isinstance(answer, Expansion):
                call.answers[number] = own = numbered(answer, number)
                expansions.append(own)
        if not expansions:
            self.finish(call)
            return
        for expansion in expansions:
            self.expand(call, expansion)
        needs = {value.node for e in expansions for value in e.values if isinstance(value, Link)} | set(call.members)
        self.expanding[call.node.id] = call
        self.wait_for(call.node.id, sorted(needs))

    def expand(self, call: Call, expansion: Expansion) -> None:
        """Add an expansion's graph to the run."""
        added = grafted(self.graph, call.node, expansion, self.engine.implementations)
        self.graph.update(added)
        outputs = [id for id, node in added.items() if self.spec(node.class_id).is_output]
        call.members += outputs
        self.rank(added)
        self.add_keys([*(value.node for value in expansion.values if isinstance(value, Link)), *outputs])

    def finish(self, call: Call) -> None:
        """A node has its result: check it, keep it, tell of it, and let others go on."""
        node, spec = call.node, call.implementation.spec
        self.current, self.current_lists = node, call.lists
        links = {
            value: self.results[value.node].values[value.slot]
            for answer in call.answers
            if isinstance(answer, Expansion)
            for value in answer.values
            if isinstance(value, Link)
        }
        values, ui = mapping.merge(spec, call.answers, links)
        if self.engine.inspect is not None:
            self.engine.inspect(spec, values)
        shown: list[tuple[str, Mapping[str, Sequence[Any]]]] = [("", ui)] if ui else []
        for member in call.members:
            shown += [(inner or member, what) for inner, what in self.results[member].shown]
        result = Result(values, tuple(shown), self.is_repeatable(node, spec, links))
        self.results[node.id] = result
        seconds = time.perf_counter() - call.started
        # What a node shows, and what an output node leaves behind, is of this run: files may be gone in the next.
        lasts = result.repeatable and not (shown or call.members or spec.is_output)
        self.engine.cache.put(self.keys[node.id], result, seconds if lasts else 0.0)
        self.executed.append(node.id)
        if ui:
            self.emit(NodeOutput(self.job, node.id, self.display(node.id), ui))
        if spec.is_output:
            self.report_blocks(call)
        self.emit(NodeFinished(self.job, node.id, seconds))
        self.plan.settle(node.id)

    def is_repeatable(self, node: Node, spec: NodeSpec, links: Iterable[Link]) -> bool:
        """Whether the key says all that a result depends on: no nonce, and nothing hidden but the node's id.

        ``links`` are those into the graph that the node expanded to.
        """
        if node.id in self.fleeting or any(kind is not Hidden.UNIQUE_ID for kind in spec.hidden.values()):
            return False
        feeding = (link.node for link in itertools.chain((link for _, link in node.links()), links))
        return all(self.results[id].repeatable for id in feeding if id in self.results)

    def report_blocks(self, call: Call) -> None:
        for answer in call.answers:
            if isinstance(answer, Blocked) and answer.message is not None:
                self.emit(NodeBlocked(self.job, call.node.id, call.node.class_id, answer.message))

    def attend(self, seconds: float) -> None:
        """Give asynchronous nodes up to ``seconds``, and take the answers of those that are done."""
        for call, task in self.tasks.attend(seconds):
            self.current, self.current_lists = call.node, call.lists
            call.answers = task.result()
            self.answered(call)


_ABSENT = object()
