"""Everything one process needs to run graphs: folders, packs, weights, cache and engine, put together from settings.

A worker process has one of these, and so has ``nodegraph run``, which needs no server. Knows no sockets and no HTTP.
"""

import gc
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from nodegraph.access.credentials import CredentialBook
from nodegraph.execution.cache import RamCache, ResultCache
from nodegraph.execution.disk_cache import DiskCache
from nodegraph.execution.engine import Engine
from nodegraph.execution.events import Event, JobFinished, NodePreview, NodeProgress, NodeText
from nodegraph.execution.tiers import TieredCache
from nodegraph.graph.api_format import parse
from nodegraph.graph.graph import Node
from nodegraph.graph.spec import CredentialList, Hidden, Listing
from nodegraph.heap import give_back_holes
from nodegraph.media.owners import OwnerFolders
from nodegraph.media.reservations import Reservations
from nodegraph.packs.context import Context
from nodegraph.packs.digest import digest_of_packs
from nodegraph.packs.loader import load_packs
from nodegraph.packs.secret import Secret
from nodegraph.settings import Settings
from nodegraph.weights.folders import ModelFolders
from nodegraph.weights.residency import Residency
from nodegraph.worker import result_files
from nodegraph.worker.configuration import configuration
from nodegraph.worker.file_fingerprints import FileFingerprints
from nodegraph.worker.gate import JobGate
from nodegraph.worker.memory import device_reports, guarded
from nodegraph.worker.protocol import DeviceReport, Ready, Submit
from nodegraph.worker.redaction import Redactor
from nodegraph.worker.values import check_values, size_of


class Runtime:
    """The built-in pack and ``packs``, loaded, on the device and in the precision of the settings.

    ``redactor`` learns what secrets are revealed to nodes.

    Raises a UserError for settings that cannot be met: a device that is not there, an unreadable
    ``extra_model_paths.yaml``. A pack that cannot be loaded is reported in :meth:`ready`.
    """

    def __init__(self, settings: Settings, packs: Sequence[Path] = (), *, redactor: Redactor | None = None) -> None:
        self.folders = OwnerFolders.of_settings(settings)
        self.models = ModelFolders.of(settings)
        self.credentials = CredentialBook.of(Path(settings.user_dir))
        self._redactor = redactor or Redactor()
        self._file_fingerprint = FileFingerprints(self.folders, self.models)
        self.weights = Residency(device=settings.device, precision=settings.precision)
        self._previews = settings.preview_method != "none"
        self._digest = digest_of_packs(packs)  # first: sources edited meanwhile must not be taken for those loaded
        loaded = load_packs(packs)
        self._failures = loaded.failures
        self._memory = RamCache(int(settings.cache_ram * 1e9), size_of)
        self._cache = _cache(self._memory, settings, configuration(self.weights.device, self.weights.dtype))
        self.engine = Engine(
            guarded(loaded.nodes, device=self.weights.device, free=self.weights.free),
            self._cache,
            fingerprint=self._fingerprint,
            environment=f"{self.weights.device.type} {self.weights.dtype} torch {torch.__version__}",
            inspect=check_values,
        )

    def ready(self) -> Ready:
        """The complete node list, and what it runs on."""
        return Ready(
            specs=[implementation.spec for implementation in self.engine.implementations.values()],
            failures=self._failures,
            torch_version=str(torch.__version__),
            devices=self.devices(),
            precision=str(self.weights.dtype).removeprefix("torch."),
            digest=self._digest,
        )

    def devices(self) -> list[DeviceReport]:
        """The memory of the device that is computed on, as of now."""
        return device_reports(self.weights.device)

    def run(
        self, submit: Submit, emit: Callable[[Event], None], gate: JobGate, names: Reservations | None = None
    ) -> JobFinished:
        """Run a validated graph on the calling thread, and return the last event, which has been emitted too.

        The job's network calls pass ``gate``, which also cancels it. ``names`` are for files of a job that is run
        again, should it be interrupted. Raises
        :class:`~nodegraph.graph.problems.PromptError` for what is no prompt at all; whatever fails in a node is an
        outcome and raises nothing.
        """
        graph = parse(submit.prompt)
        files = self.folders.of(submit.owner)
        previews = self._previews if submit.previews is None else submit.previews

        def tell(event: Event) -> None:
            emit(self._redactor.event(event))

        def make_context(node: Node) -> Context:
            display = node.display_id or node.id

            def progress(value: float, total: float) -> None:
                tell(NodeProgress(submit.job, node.id, value, total))

            def preview(mime: str, image: bytes) -> None:
                tell(NodePreview(submit.job, node.id, display, mime, image, asked=submit.previews is True))

            def send_picture(mime: str, image: bytes) -> None:
                tell(NodePreview(submit.job, node.id, display, mime, image, result=True))

            def send_text(text: str) -> None:
                tell(NodeText(submit.job, node.id, display, text))

            return Context(
                files=files,
                models=self.models,
                weights=self.weights,
                gate=gate,
                node_id=node.id,
                progress=progress,
                send_picture=send_picture,
                send_text=send_text,
                preview=preview if previews else None,
                names=None if names is None else names.of(node.id),
                credential=lambda name: self._reveal(name, submit.owner),
            )

        with torch.inference_mode():
            finished = self.engine.run(
                submit.job,
                graph,
                submit.outputs,
                emit=tell,
                make_context=make_context,
                cancelled=lambda: gate.cancelled,
                wait=gate.wait,
                hidden={
                    Hidden.PROMPT: submit.prompt,
                    Hidden.DYNPROMPT: submit.prompt,
                    Hidden.EXTRA_PNGINFO: submit.extra_data.get("extra_pnginfo"),
                },
                owner=submit.owner,
            )
        return self._redactor.event(finished)

    def _fingerprint(self, owner: str, listing: Listing, name: str) -> str:
        if isinstance(listing, CredentialList):
            return self.credentials.find(name, owner).version
        return self._file_fingerprint(owner, listing, name)

    def _reveal(self, name: str, owner: str) -> Secret:
        text = self.credentials.reveal(name, owner)
        self._redactor.learn(name, text)
        return Secret(name, text)

    @property
    def results(self) -> int:
        """Bytes of the results that are kept in memory."""
        return self._memory.used

    def free(self, *, weights: bool, results: bool) -> None:
        """Drop loaded weights from memory, cached results wherever they are, or both."""
        if results:
            self._cache.clear()
        if weights:
            self.weights.free()
        gc.collect()
        give_back_holes()


def _cache(memory: RamCache, settings: Settings, configuration: str) -> ResultCache:
    if not settings.cache_disk:
        return memory
    disk = DiskCache(
        Path(settings.user_dir, "cache"),
        configuration,
        int(settings.cache_disk * 1e9),
        pack=result_files.pack,
        unpack=result_files.unpack,
    )
    return TieredCache(memory, disk)
