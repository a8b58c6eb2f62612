// Drives @saintno/comfyui-sdk against a server and prints what it got.
import { readFileSync } from "node:fs";

import { CallWrapper, ComfyApi, PromptBuilder } from "@saintno/comfyui-sdk";

const [url, workflowFile, picture] = process.argv.slice(2);
const workflow = JSON.parse(readFileSync(workflowFile, "utf8"));
const api = await new ComfyApi(url).init().waitForReady();
const prompt = new PromptBuilder(workflow, ["seed"], ["images"])
  .setInputNode("seed", "5.inputs.seed")
  .setOutputNode("images", "7")
  .input("seed", 76);

const steps = [];
const images = await new Promise((resolve, reject) => {
  new CallWrapper(api, prompt)
    .onProgress((step) => steps.push(step.value))
    .onFinished((data) => resolve(data.images.images))
    .onFailed(reject)
    .run();
});
const told = {
  images,
  size: (await api.getImage(images[0])).size,
  steps,
  queue: await api.getQueue(),
  histories: Object.keys(await api.getHistories(1)).length,
  device: (await api.getSystemStats()).devices[0].type,
  checkpoints: await api.getCheckpoints(),
  classes: Object.keys(await api.getNodeDefs("KSampler")),
  uploaded: (await api.uploadImage(readFileSync(picture), "sdk.png", { subfolder: "sdk" })).info,
  freed: await api.freeMemory(true, false),
};
await api.storeUserData("sdk/note.json", { a: 1 });
told.note = await (await api.getUserData("sdk/note.json")).json();
await api.interrupt();
console.log(JSON.stringify(told));
process.exit(0);
