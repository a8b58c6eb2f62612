"""What loading a checkpoint costs: seconds, and the peak of anonymous memory against the weights that stay.

Anonymous memory is what the process cannot give back (``RssAnon`` of /proc/self/status, so Linux only); pages of the
memory-mapped file can be dropped at any time and do not count. Sampled every two milliseconds while U-Net, text encoder
and autoencoder are loaded one after the other in a fresh process.

    python benchmarks/loading.py CHECKPOINT.safetensors [--precision fp32]

prints one JSON object. The file is read once beforehand, so that the disk is not what is measured.
"""

import json
import math
import threading
import time
from pathlib import Path

import click
import torch

from nodegraph.weights.devices import TEXT_ENCODER_DTYPE
from nodegraph.weights.header import read_header
from nodegraph.weights.open import open_checkpoint
from nodegraph.weights.recognise import recognise_checkpoint
from nodegraph.weights.residency import Residency


class AnonymousPeak:
    """Watches this process's anonymous memory in the background; ``growth`` is in bytes, peak over start."""

    def __enter__(self) -> "AnonymousPeak":
        self._start = self._peak = anonymous_memory()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self._peak = max(self._peak, anonymous_memory())
        self.growth = self._peak - self._start

    def _watch(self) -> None:
        while not self._done.wait(0.002):
            self._peak = max(self._peak, anonymous_memory())


def anonymous_memory() -> int:
    """Bytes of this process's memory that are no file's."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split("RssAnon:")[1].split()[0])


def weights_of(checkpoint: Path, dtype: torch.dtype) -> int:
    """Bytes of the parameters that stay in memory, in the precision each part computes in."""
    header = read_header(checkpoint)
    parts = recognise_checkpoint(header)
    in_precision = ((parts.unet, dtype), (parts.autoencoder, dtype), (parts.text_encoder, TEXT_ENCODER_DTYPE))
    return sum(
        math.prod(header.tensors[key].shape) * kept.itemsize
        for part, kept in in_precision
        for key in part.keys.values()
    )


@click.command(help=__doc__)
@click.argument("checkpoint", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--precision", type=click.Choice(["auto", "fp32", "bf16", "fp16"]), default="auto")
def main(checkpoint: Path, precision: str) -> None:
    with checkpoint.open("rb") as file:
        while file.read(1 << 24):
            pass
    residency = Residency(device="cpu", precision=precision)
    model, clip, vae = open_checkpoint(checkpoint)
    start = time.perf_counter()
    with AnonymousPeak() as peak:
        loaded = (residency.diffusion(model), residency.clip(clip), residency.vae(vae))
    seconds = time.perf_counter() - start
    resident = weights_of(checkpoint, residency.dtype)
    figures = {
        "loaded": [type(part).__name__ for part in loaded],
        "precision": str(residency.dtype).removeprefix("torch."),
        "seconds": round(seconds, 2),
        "resident_weights_mb": round(resident / 1e6, 1),
        "peak_anonymous_mb": round(peak.growth / 1e6, 1),
        "peak_over_resident": round(peak.growth / resident, 3),
    }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
