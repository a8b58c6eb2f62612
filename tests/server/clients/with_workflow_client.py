"""Drives comfyui-workflow-client against a server, blocking and asynchronous, and prints what it got."""

import asyncio
import json
import sys

from comfyuiclient import ComfyUIClient, ComfyUIClientAsync
from PIL import Image

_, url, workflow_file, picture = sys.argv
address = url.removeprefix("http://")


def blocking() -> tuple[int, int]:
    """By polling; with a picture that it uploads into a folder, and loads there."""
    client = ComfyUIClient(address, workflow_file)
    client.connect()
    client.comfyui_prompt = {
        "a": {"class_type": "LoadImage", "inputs": {"image": ""}},
        "b": {"class_type": "PreviewImage", "inputs": {"images": ["a", 0]}},
    }
    client.set_data(key="LoadImage", image=Image.open(picture))
    size: tuple[int, int] = client.generate(["PreviewImage"])["PreviewImage"].size
    client.close()
    return size


async def asynchronous() -> tuple[int, int]:
    """Over the socket."""
    client = ComfyUIClientAsync(address, workflow_file)
    await client.connect()
    await client.set_data(key="Sampler", seed=79)
    size: tuple[int, int] = (await client.generate(["Save"]))["Save"].size
    await client.close()
    return size


print(json.dumps({"blocking": blocking(), "asynchronous": asyncio.run(asynchronous())}))  # noqa: T201
