"""nodegraph: image generation with diffusion models as a graph of nodes."""

__version__ = "0.5.0"
