"""Drives comfy-api-simplified against a server, as its users do, and prints what it got."""

import json
import sys

from comfy_api_simplified import ComfyApiWrapper, ComfyWorkflowWrapper

_, url, workflow_file, picture = sys.argv
api, workflow = ComfyApiWrapper(f"{url}/"), ComfyWorkflowWrapper(workflow_file)
workflow.set_node_param("Sampler", "seed", 71)
pictures = api.queue_and_wait_images(workflow, "Save")
told = {
    "pictures": {name: content.hex() for name, content in pictures.items()},
    "uploaded": api.upload_image(picture, subfolder="simplified"),
    "queue": api.get_queue(),
    "class": list(api.get_object_info("KSampler")),
    "device": api.get_system_stats()["devices"][0]["type"],
    "embeddings": api.get_embeddings(),
    "interrupted": api.interrupt(),
}
print(json.dumps(told))  # noqa: T201
