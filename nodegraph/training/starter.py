"""The making of the starter model: its four stages, what each needs of those before it, and the files at the end.

Everything lies in one work folder, so that any stage can be interrupted, gone on with, or trained longer.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import torch
from einops import rearrange

from nodegraph import __version__, starter
from nodegraph.diffusion.autoencoder import Autoencoder
from nodegraph.errors import UserError
from nodegraph.training.autoencoder import AutoencoderStage, pixels
from nodegraph.training.clip import GREATEST_SCALE, Clip, ClipStage
from nodegraph.training.dataset import SIDE, Dataset
from nodegraph.training.diffusion import DiffusionStage, GuidedUNet
from nodegraph.training.evaluation.sheets import Cell, contact_sheet
from nodegraph.training.export import write_checkpoint, write_image_encoder
from nodegraph.training.latent_colours import fit_latent_rgb
from nodegraph.training.latents import Latents, encode_dataset
from nodegraph.training.plan import NEEDS, SHARES, STAGES, TOTAL_MINUTES, StageName
from nodegraph.training.plot import check_plot_library, plot_losses
from nodegraph.training.samples import sample_sheet
from nodegraph.training.stage import Record, read_record, restore_average, train
from nodegraph.training.vocabulary import Vocabulary
from nodegraph.weights.devices import choose_device

_TRAINING_PICTURES, _TEST_PICTURES = 24_000, 256
_SHEET_PICTURES = 16
_FITTED_PICTURES = 512
_SAMPLES_OF_EACH_KIND = 8


class StageOrderError(UserError):
    """A stage was asked for before those it builds upon, or those have been trained on since."""


def make_starter(
    folder: Path,
    *,
    device: str = "auto",
    stage: StageName | None = None,
    minutes: float = TOTAL_MINUTES,
    report: Callable[[str], None] = lambda line: None,
) -> None:
    """Train what is not trained yet, or one ``stage`` for ``minutes``; then write the files into ``folder``.

    With a stage named, the files are written only if all others are there and fit. Raises StageOrderError,
    MissingPlotLibraryError, and DeviceError for a device that is not there.
    """
    check_plot_library()
    making = Starter(folder, choose_device(device), report)
    if stage is not None:
        making.train(stage, minutes=minutes)
        if unready := making.unready():
            report(f"the files are not written yet: {unready}")
            return
    else:
        for name in STAGES:
            making.train(name, minutes=minutes * SHARES[name])
    for path in making.write(folder, making.notes()):
        report(f"wrote {path}")


@dataclass
class Starter:
    """The work folder and all that is made in it. ``report`` is told, in lines, how it goes."""

    folder: Path
    device: torch.device
    report: Callable[[str], None] = lambda line: None
    pictures: int = _TRAINING_PICTURES
    test_pictures: int = _TEST_PICTURES
    samples: int = _SAMPLES_OF_EACH_KIND

    def train(self, stage: StageName, *, minutes: float) -> None:
        """Train one stage until ``minutes`` have gone into it, over all runs. Raises StageOrderError."""
        for needed in NEEDS[stage]:
            if not self._path(needed).exists():
                raise StageOrderError(
                    f"the stage {stage} builds upon {needed}, which {self.folder} has not: train it first "
                    f"({self._command(needed)})"
                )
        upon = {needed: self.record(needed).steps for needed in NEEDS[stage]}
        course: dict[str, Any] = {"minutes": minutes, "folder": self.folder, "upon": upon, "report": self.report}
        self._paint()
        match stage:
            case "autoencoder":
                learner = AutoencoderStage(self.data, self.test_data, self.device)
                train(learner, **course)
                self._sheet_of_restored(learner.network)
            case "clip":
                clip = ClipStage(self.data, self.test_data, self.vocabulary, self.device)
                train(clip, **course)
            case "diffusion":
                latents = self._latents(self.data)
                test_latents = self._latents(self.test_data, scale=latents.scale)
                diffusion = DiffusionStage(latents, test_latents, self.vocabulary, self.device)
                diffusion.network.text_model.load_state_dict(self._clip("clip").text_model.state_dict())
                train(diffusion, **course)
                self._sheet_of_samples()
            case "image-encoder":
                if self._path(stage).exists() and self.record(stage).upon != upon:
                    self._path(stage).unlink()  # fitted to a text encoder that has changed
                clip = ClipStage(
                    self.data, self.test_data, self.vocabulary, self.device, name="image-encoder", lock_text=True
                )
                clip.network.load_state_dict(self._clip("clip").state_dict())
                clip.network.text_model.load_state_dict(self._guided().text_model.state_dict())
                train(clip, **course)
        plot_losses(self.folder, STAGES, self.folder / "losses.png")

    def unready(self) -> str | None:
        """Why the stages do not make a model together, and what to do; None if they do."""
        for stage in STAGES:
            if not self._path(stage).exists():
                return f"{stage} is not trained yet ({self._command(stage)})"
            for needed, steps in self.record(stage).upon.items():
                now = self.record(needed).steps
                if now != steps:
                    return (
                        f"{stage} was trained upon {steps} steps of {needed}, which has {now} now: train it on "
                        f"({self._command(stage)} --minutes MORE)"
                    )
        return None

    def write(self, folder: Path, notes: Mapping[str, str]) -> tuple[Path, Path]:
        """Write both files of the model into ``folder``: the checkpoint, and the image encoder beside it.

        Raises StageOrderError for stages that do not fit together.
        """
        if unready := self.unready():
            raise StageOrderError(unready)
        checkpoint, image_encoder = folder / starter.CHECKPOINT.name, folder / starter.IMAGE_ENCODER.name
        self._write_checkpoint(checkpoint, notes)
        clip = self._clip("image-encoder")
        write_image_encoder(
            image_encoder,
            vision=clip.vision_model,
            visual_projection=clip.visual_projection.weight,
            text_projection=clip.text_projection.weight,
            logit_scale=clip.logit_scale.clamp(max=GREATEST_SCALE),
            notes={**notes, "modelspec.title": f"{notes['modelspec.title']}, CLIP image encoder"},
        )
        return checkpoint, image_encoder

    def notes(self) -> dict[str, str]:
        """What the files say of themselves, by the ModelSpec standard where it has a key."""
        records = {stage: self.record(stage) for stage in STAGES}
        recipe = {
            "made by": f"nodegraph train-starter {__version__}",
            "pictures": self.pictures,
            "stages": {
                name: {"minutes": round(record.minutes, 1), "steps": record.steps, "device": record.device}
                for name, record in records.items()
            },
        }
        return {
            "modelspec.title": "nodegraph starter",
            "modelspec.author": "the nodegraph authors",
            "modelspec.license": "Apache-2.0",
            "modelspec.description": "Paints one or two coloured objects before a background, 128 by 128 pixels, from "
            "English. Trained from nothing on procedurally painted scenes.",
            "modelspec.resolution": f"{SIDE}x{SIDE}",
            "nodegraph.recipe": json.dumps(recipe),
        }

    @cached_property
    def data(self) -> Dataset:
        """What is trained on."""
        return Dataset(self.folder, self.pictures)

    @cached_property
    def test_data(self) -> Dataset:
        """Other scenes of the same kind."""
        return Dataset(self.folder, self.test_pictures, seed=1)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The tokens of the captions."""
        return Vocabulary.of_captions()

    def record(self, stage: str) -> Record:
        """What has gone into a stage."""
        return read_record(self._path(stage))

    def _path(self, stage: str) -> Path:
        return self.folder / f"{stage}.pt"

    def _command(self, stage: str) -> str:
        return f"nodegraph train-starter --folder {self.folder} --stage {stage}"

    def _progress(self, doing: str, count: int) -> Callable[[int], None]:
        """Tells of every tenth of ``count``."""
        tenths = 0

        def progress(done: int) -> None:
            nonlocal tenths
            if 10 * done // count > tenths:
                tenths = 10 * done // count
                self.report(f"{doing}: {done} of {count}")

        return progress

    def _paint(self) -> None:
        for data in (self.data, self.test_data):
            if not data.path.exists():
                data.paint(self._progress("painting scenes", data.count))

    def _autoencoder(self) -> Autoencoder:
        vae = AutoencoderStage(self.data, self.test_data, self.device).network
        restore_average(vae, self._path("autoencoder"))
        return vae

    def _clip(self, stage: Literal["clip", "image-encoder"]) -> Clip:
        clip = Clip(self.vocabulary).to(self.device)
        restore_average(clip, self._path(stage))
        return clip

    def _guided(self) -> GuidedUNet:
        guided = GuidedUNet(self.vocabulary).to(self.device)
        restore_average(guided, self._path("diffusion"))
        return guided

    def _latents(self, data: Dataset, *, scale: float | None = None) -> Latents:
        path = self.folder / f"latents-{data.path.stem}.npy"
        if path.exists() and path.stat().st_mtime < self._path("autoencoder").stat().st_mtime:
            path.unlink()  # of an autoencoder that has been trained on since
        progress = self._progress("encoding pictures", data.count)
        return encode_dataset(data, self._autoencoder(), path, scale=scale, report=progress)

    def _write_checkpoint(self, path: Path, notes: Mapping[str, str]) -> None:
        guided, latents = self._guided(), self._latents(self.data)
        seen = slice(_FITTED_PICTURES)
        write_checkpoint(
            path,
            unet=guided.unet,
            autoencoder=self._autoencoder(),
            text_encoder=guided.text_model,
            rows=self.vocabulary.rows,
            latent_scale=latents.scale,
            latent_rgb=fit_latent_rgb(torch.from_numpy(latents.values[seen]), pixels(self.data.pictures[seen])),
            notes=notes,
        )

    def _sheet_of_restored(self, vae: Autoencoder) -> None:
        pictures = self.test_data.pictures[:_SHEET_PICTURES]
        restored = vae.decode(vae.encode(pixels(pictures, self.device)))
        back = rearrange((restored.clamp(-1, 1) + 1) * 127.5, "b c h w -> b h w c").round().byte().cpu().numpy()
        cells = [Cell(picture) for pair in zip(pictures, back, strict=True) for picture in pair]
        contact_sheet(cells).save(self.folder / "autoencoder.png")

    def _sheet_of_samples(self) -> None:
        """Painted by the code of real use, from a file that says nothing of itself yet."""
        unfinished = self.folder / "unfinished.safetensors"
        self._write_checkpoint(unfinished, {"modelspec.title": "unfinished"})
        sample_sheet(unfinished, self.folder / "samples.png", of_each_kind=self.samples, device=str(self.device))
