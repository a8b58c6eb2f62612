"""Drives comfy-api-client against a server by polling, and prints what it got.

Not over its socket: on the first end of a prompt, release 0.1.0 calls a method that it does not have.
"""

import asyncio
import json
import sys

from comfy_api_client import create_client

_, url, workflow_file, _picture = sys.argv


async def main() -> None:
    with open(workflow_file) as file:  # noqa: ASYNC230
        workflow = json.load(file)
    workflow["5"]["inputs"]["seed"] = 72
    async with create_client(url.removeprefix("http://"), start_state_tracker="http") as client:
        prompt = await client.submit_workflow(workflow)
        result = await prompt.future
        (item,) = result.output_images
        uploaded = await client.upload_image("client.png", item.image, subfolder="api-client")
        kept = await client.retrieve_image("client.png", subfolder="api-client", type="input")
        queue = await client.get_queue()
        await client.interrupt_processing()
        await client.cancel_prompts([prompt.prompt_id])
        await client.free_memory(unload_models=True)
        told = {
            "size": item.image.size,
            "uploaded": uploaded.model_dump(),
            "kept": kept.image.size if kept else None,
            "queue": queue.model_dump(mode="json"),
            "completed": prompt.prompt_id in await client.get_completed_prompts(),
            "stats": (await client.get_system_stats()).model_dump(mode="json")["system"]["os"],
            "embeddings": list(await client.get_embeddings()),
            "extensions": list(await client.get_extensions()),
        }
        await client.remove_from_history([prompt.prompt_id])
        print(json.dumps(told))  # noqa: T201


asyncio.run(main())
