"""Makes the pictures of docs/how-it-works: what nodes of the built-in pack show on the starter model.

usage: python .ci/how_it_works.py [NAME ...]     writes docs/how-it-works/NAME.webp; all of them when no name is given

Everything is computed on the CPU in full precision from fixed seeds, so that the same pictures come out each time. Run
it again whenever the nodes of learn/ or the starter model change. A test compares the list with what the guide shows.
"""

import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from tempfile import gettempdir
from typing import Any

FOLDER = Path(__file__).parents[1] / "docs" / "how-it-works"
PROMPT = "a yellow boat on the sea"
OTHER = "a red heart in a meadow"
STEPS, CFG, SEED = 20, 4.0, 11
HOW = {"cfg": CFG, "sampler_name": "dpmpp_2m", "scheduler": "karras", "seed": SEED, "steps": STEPS}


class Studio:
    """The nodes, called as functions, and what several pictures need."""

    def __init__(self) -> None:
        from nodegraph import starter
        from nodegraph.diffusion.gate import open_gate
        from nodegraph.media.folders import DataFolders
        from nodegraph.packs.context import Context
        from nodegraph.packs.loader import load_packs
        from nodegraph.weights.folders import ModelFolders
        from nodegraph.weights.residency import Residency

        self.nodes = dict(load_packs().nodes)
        nowhere = Path(gettempdir(), "nodegraph-how-it-works")
        self.context = Context(
            files=DataFolders(nowhere, nowhere, nowhere, nowhere),
            models=ModelFolders(nowhere, bundled=starter.FOLDER),
            weights=Residency(device="cpu", precision="fp32"),
            gate=open_gate,
            node_id="1",
            progress=lambda done, total: None,
            send_picture=lambda mime, content: None,
            send_text=lambda text: None,
        )
        checkpoint = self("CheckpointLoaderSimple", ckpt_name=starter.CHECKPOINT.name)
        self.model, self.clip, self.vae = checkpoint
        self.clip_vision = self("CLIPVisionLoader", clip_name=starter.IMAGE_ENCODER.name)

    def __call__(self, name: str, **inputs: Any) -> Any:
        """What the function of a node gives."""
        definition = self.nodes[name]
        return definition.function(self.context, **inputs) if definition.context else definition.function(**inputs)

    def words(self, text: str) -> Any:
        return self("CLIPTextEncode", text=text, clip=self.clip)

    def empty(self, count: int = 1) -> Any:
        return self("EmptyLatentImage", width=128, height=128, batch_size=count)

    def painted(self, prompt: str | Any = PROMPT, *, negative: str = "", count: int = 1, **changed: Any) -> Any:
        """Pictures that KSampler paints, in one batch."""
        positive = self.words(prompt) if isinstance(prompt, str) else prompt
        latent = self("LatentBatchSeedBehavior", samples=self.empty(count), seed_behavior="fixed")
        given = {"model": self.model, "positive": positive, "negative": self.words(negative), **HOW, **changed}
        return self.decoded(self("KSampler", **given, latent_image=latent))

    def decoded(self, latent: Any) -> Any:
        return self("VAEDecode", samples=latent, vae=self.vae)

    @cached_property
    def picture(self) -> Any:
        return self.painted()


def clip(studio: Studio) -> Any:
    pictures = studio("ImageBatch", image1=studio.picture, image2=studio.painted(OTHER))
    texts = "\n".join((PROMPT, OTHER, "boat", "red", "a house at night"))
    return studio(
        "LearnClipSimilarity", clip=studio.clip, clip_vision=studio.clip_vision, images=pictures, texts=texts
    ).table


def prompts(studio: Studio) -> Any:
    between = studio("LearnPromptsBetween", first=studio.words(OTHER), last=studio.words(PROMPT), steps=6)
    labels = f"{OTHER.removesuffix(' in a meadow')}\n\n\n\n\n{PROMPT.removesuffix(' on the sea')}"
    return studio("LearnSheet", images=studio.painted(between, count=6, seed=4), labels=labels, columns=6)


def latent(studio: Studio) -> Any:
    return studio("LearnRoundTrip", image=studio.picture, vae=studio.vae).sheet


def noise(studio: Studio) -> Any:
    import torch

    made = {
        timestep: studio(
            "LearnForwardDiffusion",
            model=studio.model,
            vae=studio.vae,
            image=studio.picture,
            timestep=timestep,
            noise_seed=SEED,
        )
        for timestep in (0, 200, 400, 600, 800, 999)
    }
    labels = "\n".join(f"t = {timestep}, sigma {each.sigma:.2f}" for timestep, each in made.items())
    pictures = torch.cat([each.picture for each in made.values()])
    return studio("LearnSheet", images=pictures, labels=labels, columns=6)


def steps(studio: Studio) -> Any:
    return studio(
        "LearnSteps",
        model=studio.model,
        vae=studio.vae,
        positive=studio.words(PROMPT),
        negative=studio.words(""),
        latent_image=studio.empty(),
        **HOW,
    ).sheet


def schedules(studio: Studio) -> Any:
    return studio("LearnPlotSchedulers", model=studio.model, schedulers="normal, karras, exponential, beta")


def attention(studio: Studio) -> Any:
    return studio(
        "LearnAttention",
        model=studio.model,
        clip=studio.clip,
        vae=studio.vae,
        text="a yellow star above a red boat on the sea",
        words="yellow, star, red, boat, sea",
        negative=studio.words(""),
        latent_image=studio.empty(),
        **{**HOW, "seed": 5},
    ).sheet


def guidance(studio: Studio) -> Any:
    noisy = studio(
        "LearnForwardDiffusion",
        model=studio.model,
        vae=studio.vae,
        image=studio.painted("a red house in the mountains", seed=42),
        timestep=700,
        noise_seed=1,
    )
    return studio(
        "LearnPredictedNoise",
        model=studio.model,
        vae=studio.vae,
        positive=studio.words("a red house in the mountains"),
        negative=studio.words(""),
        noisy=noisy.noisy,
        sigma=noisy.sigma,
        cfg=CFG,
    ).sheet


def strength(studio: Studio) -> Any:
    import torch

    factors = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)
    pictures = torch.cat([studio.painted("a red house in the mountains", seed=42, cfg=factor) for factor in factors])
    labels = "\n".join(f"cfg {factor:g}" for factor in factors)
    return studio("LearnSheet", images=pictures, labels=labels, columns=6)


PICTURES: Mapping[str, Callable[[Studio], Any]] = {
    "clip": clip,
    "prompts": prompts,
    "latent": latent,
    "noise": noise,
    "steps": steps,
    "schedules": schedules,
    "attention": attention,
    "guidance": guidance,
    "strength": strength,
}
"""In the order of the guide."""


def main(names: list[str]) -> None:
    """Write the pictures."""
    from nodegraph.media.figures.canvas import as_pillow

    studio = Studio()
    FOLDER.mkdir(exist_ok=True)
    for name in names or PICTURES:
        file = FOLDER / f"{name}.webp"
        as_pillow(PICTURES[name](studio)[0]).save(file, quality=88, method=6)
        sys.stdout.write(f"{file} {file.stat().st_size}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
