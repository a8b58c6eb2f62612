// Drives @stable-canvas/comfyui-client against a server, over its socket and by polling, and prints what it got.
import { readFileSync } from "node:fs";

import { Client } from "@stable-canvas/comfyui-client";

const [url, workflowFile] = process.argv.slice(2);
const workflow = JSON.parse(readFileSync(workflowFile, "utf8"));
const client = new Client({ api_host: new URL(url).host, clientId: crypto.randomUUID(), WebSocket, fetch });
await client.connect();

const steps = [];
async function run(how, seed, options) {
  workflow["5"].inputs.seed = seed;
  const output = await client[how](workflow, { disable_random_seed: true, ...options });
  return Promise.all(
    output.images.map(async (image) => (await (await fetch(image.data)).arrayBuffer()).byteLength),
  );
}

/** A picture that comes over the socket alone. There is a file too, since this client waits for one. */
async function sent() {
  workflow["5"].inputs.seed = 77;
  const first = { class_type: "SaveImageWebsocket", inputs: { images: ["6", 0] } };
  const output = await client.enqueue({ 0: first, ...workflow }, { disable_random_seed: true });
  return output.images.map((image) => [image.type, image.mime, image.data.byteLength]);
}

const told = {
  sizes: [
    await run("enqueue", 74, { progress: (step) => steps.push(step.value) }),
    await run("enqueue_polling", 75, { polling_ms: 100 }),
  ],
  steps,
  sent: await sent(),
  queue: await client.getQueue(),
  device: (await client.getSystemStats()).devices[0].type,
  classes: Object.keys(await client.getNodeDefs()).length,
  samplers: (await client.getSamplers()).includes("euler"),
  checkpoints: await client.getSDModels(),
  folders: (await client.getModelFolders()).map((folder) => folder.name),
  models: (await client.getModels("checkpoints")).map((model) => model.name),
  extensions: await client.getExtensions(),
  embeddings: await client.getEmbeddings(),
  user: await client.getUserConfig(),
};
await client.storeSetting("test.setting", 5);
told.setting = await client.getSetting("test.setting");
await client.interrupt();
await client.clearItems("queue");
client.close();
console.log(JSON.stringify(told));
process.exit(0);
