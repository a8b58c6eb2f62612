"""The workflow most tests run, and the checkpoint it names."""

from typing import Any

CHECKPOINT = "small.safetensors"

Workflow = dict[str, dict[str, Any]]


def text_to_image(*, seed: int, steps: int = 3, checkpoint: str = CHECKPOINT) -> Workflow:
    """A prompt in API format that makes one picture of 64 × 64."""

    def node(class_type: str, title: str, **inputs: object) -> dict[str, Any]:
        return {"class_type": class_type, "inputs": inputs, "_meta": {"title": title}}

    return {
        "1": node("CheckpointLoaderSimple", "Checkpoint", ckpt_name=checkpoint),
        "2": node("CLIPTextEncode", "What to show", text="a lighthouse", clip=["1", 1]),
        "3": node("CLIPTextEncode", "What to avoid", text="fog", clip=["1", 1]),
        "4": node("EmptyLatentImage", "Size", width=64, height=64, batch_size=1),
        "5": node(
            "KSampler",
            "Sampler",
            seed=seed,
            steps=steps,
            cfg=2.0,
            sampler_name="euler",
            scheduler="normal",
            denoise=1.0,
            model=["1", 0],
            positive=["2", 0],
            negative=["3", 0],
            latent_image=["4", 0],
        ),
        "6": node("VAEDecode", "Decode", samples=["5", 0], vae=["1", 2]),
        "7": node("SaveImage", "Save", images=["6", 0], filename_prefix="lighthouse"),
    }
