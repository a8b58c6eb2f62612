// Drives comfy-ui-client against a server and prints what it got.
import { readFileSync } from "node:fs";

import { ComfyUIClient } from "comfy-ui-client";

const [url, workflowFile, picture] = process.argv.slice(2);
const workflow = JSON.parse(readFileSync(workflowFile, "utf8"));
workflow["5"].inputs.seed = 78;
const client = new ComfyUIClient(new URL(url).host, crypto.randomUUID());
await client.connect();

const images = await client.getImages(workflow);
const uploaded = await client.uploadImage(readFileSync(picture), "ui-client.png", true);
const told = {
  sizes: Object.values(images).map(([image]) => image.blob.size),
  files: Object.values(images).map(([image]) => image.image.filename),
  uploaded,
  kept: (await client.getImage(uploaded.name, uploaded.subfolder, uploaded.type)).size,
  device: (await client.getSystemStats()).devices[0].type,
  remaining: (await client.getPrompt()).exec_info.queue_remaining,
  classes: Object.keys(await client.getObjectInfo("KSampler")),
  queue: await client.getQueue(),
  histories: Object.keys(await client.getHistory()).length > 0,
  embeddings: await client.getEmbeddings(),
  extensions: await client.getExtensions(),
};
await client.disconnect();
console.log(JSON.stringify(told));
process.exit(0);
