"""Node classes for the tests of the graph room, with the field's names where the tests are about its files."""

from nodegraph.graph.spec import Choices, FileList, Hidden, InputSpec, NodeSpec, OutputSpec

CHECKPOINTS = FileList("checkpoints")
PICTURES = FileList("input", upload="image")
SHELF = {CHECKPOINTS: ["sd15.safetensors", "xl/base.safetensors"], PICTURES: ["cat.png"]}


def files(listing: FileList) -> list[str]:
    """What is in the folders of these tests."""
    return SHELF.get(listing, [])


def spec(class_id: str, inputs: tuple[InputSpec, ...], *outputs: str, is_output: bool = False) -> NodeSpec:
    """A class whose outputs are named by their types."""
    return NodeSpec(class_id, class_id, "test", inputs, tuple(OutputSpec(o, o) for o in outputs), is_output=is_output)


def socket(name: str, type: str, *, optional: bool = False) -> InputSpec:
    """An input that takes links only."""
    return InputSpec(name, type, optional=optional)


RESIZE_OPTIONS = [
    {"key": "by factor", "inputs": {"required": {"factor": ["FLOAT", {"default": 1.0, "min": 0.01, "max": 8.0}]}}},
    {
        "key": "to size",
        "inputs": {"required": {"width": ["INT", {"default": 512, "min": 1}], "height": ["INT", {"default": 512}]}},
    },
]

SPECS = {
    s.class_id: s
    for s in (
        spec(
            "CheckpointLoaderSimple",
            (InputSpec("ckpt_name", "COMBO", choices=CHECKPOINTS),),
            "MODEL",
            "CLIP",
            "VAE",
        ),
        spec(
            "CLIPTextEncode",
            (InputSpec("text", "STRING", multiline=True, dynamic_prompts=True), socket("clip", "CLIP")),
            "CONDITIONING",
        ),
        spec(
            "EmptyLatentImage",
            (
                InputSpec("width", "INT", default=512, has_default=True, minimum=16, maximum=16384, step=8),
                InputSpec("height", "INT", default=512, has_default=True, minimum=16, maximum=16384, step=8),
                InputSpec("batch_size", "INT", default=1, has_default=True, minimum=1, maximum=4096),
            ),
            "LATENT",
        ),
        spec(
            "KSampler",
            (
                socket("model", "MODEL"),
                InputSpec("seed", "INT", default=0, has_default=True, minimum=0, control_after_generate=True),
                InputSpec("steps", "INT", default=20, has_default=True, minimum=1, maximum=10_000),
                InputSpec("cfg", "FLOAT", default=8.0, has_default=True, minimum=0.0, maximum=100.0),
                InputSpec("sampler_name", "COMBO", choices=Choices(("euler", "heun"))),
                InputSpec("scheduler", "COMBO", choices=Choices(("normal", "karras"))),
                socket("positive", "CONDITIONING"),
                socket("negative", "CONDITIONING"),
                socket("latent_image", "LATENT"),
                InputSpec("denoise", "FLOAT", default=1.0, has_default=True, minimum=0.0, maximum=1.0),
            ),
            "LATENT",
        ),
        spec("VAEDecode", (socket("samples", "LATENT"), socket("vae", "VAE")), "IMAGE"),
        spec("LoadImage", (InputSpec("image", "COMBO", choices=PICTURES),), "IMAGE", "MASK"),
        spec("ImageInvert", (socket("image", "IMAGE"),), "IMAGE"),
        spec(
            "Resize",
            (
                socket("image", "IMAGE"),
                InputSpec("resize_type", "COMFY_DYNAMICCOMBO_V3", extra={"options": RESIZE_OPTIONS}),
                InputSpec("method", "COMBO", choices=Choices(("area", "lanczos"))),
            ),
            "IMAGE",
        ),
        spec("Join", (InputSpec("values", "COMFY_AUTOGROW_V3", extra={"template": {"min": 1}}),), "STRING"),
        spec("PrimitiveInt", (InputSpec("value", "INT", control_after_generate=True),), "INT"),
        spec(
            "Options",
            (
                InputSpec("number", "INT", optional=True, minimum=0, maximum=10),
                InputSpec("ratio", "FLOAT", optional=True),
                InputSpec("text", "STRING", optional=True),
                InputSpec("flag", "BOOLEAN", optional=True),
                InputSpec("long", "COMBO", optional=True, choices=Choices(tuple(f"o{i}" for i in range(30)))),
                InputSpec("many", "COMBO", optional=True, choices=Choices(("a", "b")), extra={"multiselect": True}),
                InputSpec("curve", "CURVE", optional=True),
                socket("anything", "*", optional=True),
                socket("mask", "MASK", optional=True),
            ),
            "STRING",
            is_output=True,
        ),
        NodeSpec(
            "SaveImage",
            "Save Image",
            "image",
            (
                InputSpec("images", "IMAGE", tooltip="What to save."),
                InputSpec("filename_prefix", "STRING", default="ComfyUI", has_default=True),
            ),
            (),
            hidden={"prompt": Hidden.PROMPT, "extra_pnginfo": Hidden.EXTRA_PNGINFO},
            is_output=True,
        ),
    )
}

TEXT_TO_IMAGE = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd15.safetensors"}},
    "2": {
        "class_type": "CLIPTextEncode",
        "inputs": {"text": "a cat", "clip": ["1", 1]},
        "_meta": {"title": "Positive"},
    },
    "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["1", 1]}},
    "4": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
    "5": {
        "class_type": "KSampler",
        "inputs": {
            "model": ["1", 0],
            "seed": 7,
            "steps": 20,
            "cfg": 8.0,
            "sampler_name": "euler",
            "scheduler": "normal",
            "positive": ["2", 0],
            "negative": ["3", 0],
            "latent_image": ["4", 0],
            "denoise": 1.0,
        },
    },
    "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
    "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "cat"}},
}
