"""Which node classes there are, and which files and credentials their inputs may name. Knows no HTTP.

The classes come from the worker, or from the list it left on disk the last time. Until the whole list is known, whoever
asks waits; a partial one is never given out.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from nodegraph.access.credentials import CredentialBook
from nodegraph.errors import UserError
from nodegraph.graph.graph import Graph
from nodegraph.graph.object_info import object_info
from nodegraph.graph.spec import Listing, NodeSpec
from nodegraph.graph.validate import Validated, Validator
from nodegraph.media.owners import OwnerFolders
from nodegraph.packs.choices import FileChoices
from nodegraph.weights.folders import ModelFolders
from nodegraph.worker.protocol import Ready
from nodegraph.worker.specs_cache import SpecsCache


class CatalogError(UserError):
    """The node classes cannot be known, because the worker does not start."""


class Catalog:
    """For one event loop. ``digest`` is of the packs' sources: see :mod:`nodegraph.packs.digest`."""

    def __init__(
        self,
        models: ModelFolders,
        data: OwnerFolders,
        credentials: CredentialBook,
        *,
        cache: SpecsCache,
        digest: str,
    ) -> None:
        self.models = models
        self._data = data
        self.credentials = credentials
        self._cache = cache
        self._validator: Validator | None = None
        self._problem: str | None = None
        self._settled = asyncio.Event()
        cached = cache.load(digest)
        if cached is not None:
            self._know(cached.specs)

    def learn(self, ready: Ready) -> None:
        """From now on the classes are those of a worker that has loaded its packs."""
        self._know(ready.specs)
        self._cache.store(ready.digest, ready.specs, ready.failures)

    def fail(self, reason: str) -> None:
        """The worker cannot say what the classes are. Those of an earlier list stay."""
        self._problem = reason
        self._settled.set()

    def _know(self, specs: Iterable[NodeSpec]) -> None:
        self._validator = Validator({spec.class_id: spec for spec in specs})
        self._problem = None
        self._settled.set()

    async def validate(
        self, graph: Graph, owner: str, *, targets: Collection[str] | None = None, lenient: bool = False
    ) -> Validated:
        """Check a graph against the classes, and the files and credentials that its owner may name.

        See :class:`Validator`. Raises CatalogError.
        """
        check = await self._known()
        choices = self._choices(owner)
        return check(
            graph,
            choices.names,
            exists=choices.has,
            place=choices.place,
            bring=choices.bring,
            targets=targets,
            lenient=lenient,
        )

    def _choices(self, owner: str) -> FileChoices:
        return FileChoices(self.models, self._data.of(owner), lambda: self.credentials.names(owner))

    async def _known(self) -> Validator:
        """What checks graphs against the classes, once they are known."""
        await self._settled.wait()
        if self._validator is None:
            raise CatalogError(f"The node classes are not known, because the worker does not start: {self._problem}")
        return self._validator

    async def specs(self) -> Mapping[str, NodeSpec]:
        """The classes by id. Waits until they are known.

        Raises:
            CatalogError: they cannot be known.
        """
        return (await self._known()).specs

    async def describe(self, owner: str, classes: Sequence[str] | None = None) -> dict[str, Any]:
        """The field's description, for an owner, of the named classes (unknown ones are left out), or of all."""
        specs = await self.specs()
        chosen = specs.values() if classes is None else [specs[name] for name in classes if name in specs]
        choices = self._choices(owner)
        listed: dict[Listing, Sequence[str]] = {}

        def files(listing: Listing) -> Sequence[str]:
            if listing not in listed:
                listed[listing] = choices.names(listing)
            return listed[listing]

        return await asyncio.to_thread(lambda: {spec.class_id: object_info(spec, files) for spec in chosen})
