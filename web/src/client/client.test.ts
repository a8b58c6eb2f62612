/** The client against a server that is played at the network's edge: a WebSocket and `fetch`. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { createCatalog } from "../classes/catalog";
import type { RunEvent } from "../protocol/events";
import type { JobView, QueueView, ServerMessage, ServerStatus } from "../protocol/schema";
import { runs, useRuns } from "../state/runs";
import { useServer } from "../state/server";
import { Client, type Answer } from "./client";

const STATUS: ServerStatus = {
  version: "1",
  worker_ready: true,
  trouble: "",
  running: [],
  queued: [],
  last_event: 0,
  torch_version: "",
  devices: ["cpu"],
  pack_failures: [],
};

/** The far end of the page's socket. */
class Socket {
  static readonly OPEN = 1;
  static latest: Socket;
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  onopen = (): void => undefined;
  onclose: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;

  constructor(readonly url: string) {
    Socket.latest = this;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  say(...messages: ServerMessage[]): void {
    for (const message of messages) this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** What the server does when a page comes: it says hello and takes the subscription. */
  accept(last: number): void {
    this.readyState = Socket.OPEN;
    this.onopen();
    this.say({ type: "hello", version: "1", last });
    this.say({ type: "subscribed", after: last });
  }

  close(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}

const QUEUE: QueueView = { paused: false, held: false, limit: 100, running: [], queued: [] };

/** With a number that JavaScript cannot hold. */
const WORKFLOW = '{"nodes": [{"id": 3, "widgets_values": [18446744073709551615]}]}';

let client: Client;
let jobs: Map<string, JobView>;
let catalogs: number;
let number = 100;

const newClient = (): Client =>
  new Client({ protocol: "http:", host: "127.0.0.1:8188" }, createCatalog(), () => {
    catalogs += 1;
    return Promise.resolve();
  });

const view = (job: string, more: Partial<JobView>): JobView => ({
  job,
  state: "running",
  number: 1,
  created: 4,
  attempts: 1,
  started: 5,
  ...more,
});

const happen = (...events: RunEvent[]): void => {
  for (const event of events) Socket.latest.say({ type: "event", number: ++number, event });
  runs.takeIn();
};

const submit = (job: string): Promise<Answer> | null =>
  client.submit(WORKFLOW, { job, title: "My picture", front: false, targets: null });

const phaseOf = (job: string): string | undefined => useRuns.getState().runs.get(job)?.phase;

beforeEach(() => {
  sessionStorage.clear();
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
  jobs = new Map();
  catalogs = 0;
  vi.stubGlobal("fetch", (path: string) => {
    if (path === "/api/v1/queue") return Promise.resolve(Response.json(QUEUE));
    const job = /^\/api\/v1\/jobs\/(.*)$/.exec(path)?.[1];
    if (job !== undefined && !jobs.has(job)) return Promise.resolve(new Response("{}", { status: 404 }));
    return Promise.resolve(Response.json(job === undefined ? STATUS : jobs.get(job)));
  });
  useRuns.setState(useRuns.getInitialState());
  useServer.setState(useServer.getInitialState());
  number = 100;
  client = newClient();
  client.connect();
  Socket.latest.accept(number);
});

afterEach(() => {
  client.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("submitting", () => {
  it("sends the file's own text, and what is asked for beside it", () => {
    const send = vi.spyOn(Socket.latest, "send");
    void client.submit(WORKFLOW, { job: "j", title: "My picture", front: true, targets: ["9"] });
    expect(send.mock.lastCall?.[0]).toContain(`"workflow":${WORKFLOW}`);
    expect(Socket.latest.sent.at(-1)).toMatchObject({
      type: "submit",
      job: "j",
      key: "j",
      front: true,
      targets: ["9"],
      extra_data: { title: "My picture" },
    });
  });

  it("gives each who asked their own answer", async () => {
    const [first, second] = [submit("a"), submit("b")];
    const error = { type: "prompt_no_outputs", message: "Prompt has no outputs", details: "", extra_info: {} };
    Socket.latest.say({ type: "rejected", id: "b", error }, { type: "accepted", id: "a", job: "a", number: 1 });
    expect(await first).toMatchObject({ type: "accepted", job: "a" });
    expect(await second).toMatchObject({ type: "rejected", error });
  });

  it("says at once when there is no connection", () => {
    Socket.latest.close();
    expect(submit("a")).toBeNull();
  });
});

describe("what is told of runs", () => {
  it("is taken in for everybody's jobs", () => {
    happen({ type: "job_queued", job: "mine", number: 1 }, { type: "job_started", job: "another's", at: 1 });
    expect([phaseOf("mine"), phaseOf("another's")]).toEqual(["waiting", "running"]);
  });

  it("is taken in once a frame, however much there is", () => {
    let told = 0;
    const stop = useRuns.subscribe(() => {
      told += 1;
    });
    Socket.latest.say({ type: "event", number: 101, event: { type: "job_started", job: "j", at: 1 } });
    for (let value = 1; value <= 500; value += 1) {
      const event = { type: "node_progress", job: "j", node: "3", value, total: 500 } as const;
      Socket.latest.say({ type: "event", number: 101 + value, event });
    }
    expect(told).toBe(0);
    vi.advanceTimersByTime(20);
    expect(told).toBe(1);
    expect(useRuns.getState().runs.get("j")?.nodes.get("3")?.steps).toEqual({ value: 500, total: 500 });
    stop();
  });

  it("shows previews while the run lasts, and frees them", () => {
    const revoke = vi.spyOn(URL, "revokeObjectURL");
    happen({ type: "job_started", job: "j", at: 1 });
    const preview = { type: "node_preview", job: "j", node: "3.0", display: "3", mime: "image/jpeg" } as const;
    Socket.latest.say({ type: "event", number: 0, event: { ...preview, image: btoa("x") } });
    runs.takeIn();
    const shown = useRuns.getState().previews.get("j");
    expect(shown?.node).toBe("3");
    happen({ type: "job_finished", job: "j", outcome: "done", at: 2 });
    expect(useRuns.getState().previews.size).toBe(0);
    expect(revoke).toHaveBeenCalledWith(shown?.url);
  });
});

it("asks for the classes whenever it has connected", async () => {
  expect(catalogs).toBe(1);
  Socket.latest.close();
  await vi.advanceTimersByTimeAsync(1000);
  Socket.latest.accept(100);
  expect(catalogs).toBe(2);
});

describe("a dropped socket", () => {
  const reconnect = async (): Promise<void> => {
    const dropped = Socket.latest;
    dropped.close();
    expect(useServer.getState().link).toBe("lost");
    await vi.advanceTimersByTimeAsync(1000);
    expect(Socket.latest).not.toBe(dropped);
  };

  it("is opened again, and what happened meanwhile is asked for", async () => {
    happen({ type: "job_started", job: "j", at: 1 });
    await reconnect();
    Socket.latest.accept(140);
    expect(Socket.latest.sent[0]).toMatchObject({ type: "subscribe", after: 101 });
    happen({ type: "job_finished", job: "j", outcome: "done", at: 2 });
    expect(useServer.getState().link).toBe("open");
    expect(phaseOf("j")).toBe("done");
  });

  it("with a submission under way sends it again, under the same name", async () => {
    const answer = submit("j");
    await reconnect();
    Socket.latest.accept(140);
    expect(Socket.latest.sent.filter(({ type }) => type === "submit")).toMatchObject([{ job: "j", key: "j" }]);
    Socket.latest.say({ type: "accepted", id: "j", job: "j", number: 1, existed: true });
    expect(await answer).toMatchObject({ job: "j" });
  });

  it("for so long that events are gone asks how the runs stand", async () => {
    happen({ type: "job_started", job: "j", at: 1 });
    const picture = { node: "9", filename: "a.png", subfolder: "", type: "output" };
    const files = [{ ...picture, kind: "images", url: "/view" }];
    jobs.set(
      "j",
      view("j", { state: "done", finished: 6, result: { type: "result", job: "j", outcome: "done", files } }),
    );
    await reconnect();
    Socket.latest.accept(20_000);
    Socket.latest.say({ type: "gap", after: 101, next: 10_000 });
    await vi.advanceTimersByTimeAsync(1);
    expect(useRuns.getState().runs.get("j")).toMatchObject({ phase: "done", pictures: [picture] });
  });

  it("and a run that ends while the server is asked how it stands has ended", async () => {
    happen({ type: "job_started", job: "j", at: 1 });
    jobs.set("j", view("j", { state: "running" }));
    await reconnect();
    Socket.latest.accept(20_000);
    Socket.latest.say({ type: "gap", after: 101, next: 10_000 });
    happen({ type: "job_finished", job: "j", outcome: "done", at: 2 });
    await vi.advanceTimersByTimeAsync(1);
    expect(phaseOf("j")).toBe("done");
  });
});

describe("a reload of the page", () => {
  const reload = (last: number): void => {
    client.close();
    useRuns.setState(useRuns.getInitialState());
    client = newClient();
    client.connect();
    Socket.latest.accept(last);
  };

  it("hears the runs in progress again from their start", () => {
    void submit("j");
    Socket.latest.say({ type: "accepted", id: "j", job: "j", number: 1 });
    happen({ type: "job_started", job: "j", at: 1 });
    reload(101);
    expect(Socket.latest.sent[0]).toMatchObject({ type: "subscribe", after: 100 });
  });

  it("needs nothing of what is over", () => {
    void submit("j");
    Socket.latest.say({ type: "accepted", id: "j", job: "j", number: 1 });
    happen({ type: "job_started", job: "j", at: 1 }, { type: "job_finished", job: "j", outcome: "done", at: 2 });
    reload(102);
    expect(Socket.latest.sent[0]).toMatchObject({ type: "subscribe", after: 102 });
  });

  it("learns how former runs of its tabs ended", async () => {
    jobs.set("old", view("old", { state: "failed", finished: 6 }));
    await client.recall(["old", "forgotten by the server"]);
    expect([phaseOf("old"), phaseOf("forgotten by the server")]).toEqual(["failed", undefined]);
  });
});
