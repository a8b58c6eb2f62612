"""What a node function may use besides its inputs: files, weights, the gate, and a way to tell how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nodegraph.errors import MissingFileError
from nodegraph.media.preview import preview_jpeg
from nodegraph.media.save import SavedFile, save_as, save_numbered
from nodegraph.packs.secret import Secret

if TYPE_CHECKING:
    from nodegraph.diffusion.autoencoder import Autoencoder
    from nodegraph.diffusion.gate import Gate
    from nodegraph.diffusion.image_encoder import ImageEncoder
    from nodegraph.diffusion.model import DiffusionModel
    from nodegraph.diffusion.sample import Run
    from nodegraph.diffusion.samplers.step import Step
    from nodegraph.diffusion.text_encoder import TextEncoder
    from nodegraph.media.folders import DataFolders, FolderKind
    from nodegraph.media.reservations import NodeReservations
    from nodegraph.weights.folders import ModelFolders
    from nodegraph.weights.handles import Clip, ClipVision, Model, Vae
    from nodegraph.weights.residency import Residency


def no_credentials(name: str) -> Secret:
    """Where none are stored."""
    raise MissingFileError(f"There is no credential {name!r}: none are stored here.")


@dataclass(frozen=True, slots=True)
class Context:
    """Made anew for each call of a node.

    ``preview`` shows a picture of work in progress, given a MIME type and bytes; it is None where nobody looks.
    ``send_picture`` sends one that is a result to the client that asked for the job, in place of a file; ``send_text``
    tells that client something. ``names`` are of files this node has saved when the job was run before; None where
    jobs are not run again. ``credential`` gives the secret behind the name of a credential that the job's owner may
    use.
    """

    files: DataFolders
    models: ModelFolders
    weights: Residency
    gate: Gate
    node_id: str
    progress: Callable[[float, float], None]
    send_picture: Callable[[str, bytes], None]
    send_text: Callable[[str], None]
    preview: Callable[[str, bytes], None] | None = None
    names: NodeReservations | None = None
    credential: Callable[[str], Secret] = no_credentials

    def diffusion(self, model: Model) -> DiffusionModel:
        """The network behind a handle, loaded if it is not."""
        return self.weights.diffusion(model)

    def clip(self, clip: Clip) -> TextEncoder:
        """The text encoder behind a handle, loaded if it is not."""
        return self.weights.clip(clip)

    def vae(self, vae: Vae) -> Autoencoder:
        """The autoencoder behind a handle, loaded if it is not."""
        return self.weights.vae(vae)

    def clip_vision(self, clip_vision: ClipVision) -> ImageEncoder:
        """The image encoder behind a handle, loaded if it is not."""
        return self.weights.clip_vision(clip_vision)

    def save(
        self, kind: FolderKind, prefix: str, suffix: str, contents: Iterable[bytes], *, width: int = 0, height: int = 0
    ) -> list[SavedFile]:
        """Save files under names that count up: see :func:`save_numbered`.

        Should the job be interrupted and run again, the files it saved are replaced instead of saved twice.
        """
        return save_numbered(self.files, kind, prefix, suffix, contents, width=width, height=height, names=self.names)

    def save_as(self, kind: FolderKind, subfolder: str, filename: str, content: bytes) -> SavedFile:
        """Save a file under this very name, in place of one that is there: see :func:`save_as`."""
        return save_as(self.files, kind, subfolder, filename, content)

    def watch(self, run: Run) -> Step | None:
        """Drive a sampling run to its end, reporting progress and a preview after each step.

        Returns its last step, which :meth:`Run.finish` takes; None if there was nothing to do.
        """
        last: Step | None = None
        for step in run.steps:
            last = step
            if self.preview is not None:  # before the progress of its step, which clients expect after it
                self.preview("image/jpeg", preview_jpeg(run.model.latent.preview(step.denoised)))
            # A sampler that chooses its steps by itself may take more than the schedule has.
            self.progress(min(step.index + 1, run.total), run.total)
        return last
