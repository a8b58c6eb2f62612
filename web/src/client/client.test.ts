/** The client against a server that is played at the network's edge: a WebSocket and `fetch`. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { RunEvent } from "../protocol/events";
import type { JobView, ServerMessage, ServerStatus } from "../protocol/schema";
import { useRuns } from "../state/runs";
import { useServer } from "../state/server";
import { session, useSession } from "../state/session";
import { Client } from "./client";

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

const WORKFLOW = '{"3": {"class_type": "KSampler", "inputs": {"seed": 18446744073709551615}}}';

const EXAMPLE = '{"nodes": [{"id": 1, "type": "KSampler", "widgets_values": [42, "randomize", 20]}]}';

let client: Client;
let jobs: Map<string, JobView>;
let examples: string[];
let number = 100;

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
};

const queueWorkflow = async (): Promise<string> => {
  await client.open(new File([WORKFLOW], "w.json"));
  client.queue();
  return String(Socket.latest.sent.at(-1)?.job);
};

beforeEach(() => {
  sessionStorage.clear();
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
  jobs = new Map();
  examples = [];
  vi.stubGlobal("fetch", (path: string) => {
    if (path === "/api/v1/examples") return Promise.resolve(Response.json(examples));
    if (path === "/api/v1/examples/text-to-image") return Promise.resolve(new Response(EXAMPLE));
    const job = /^\/api\/v1\/jobs\/(.*)$/.exec(path)?.[1];
    if (job !== undefined && !jobs.has(job)) return Promise.resolve(new Response("{}", { status: 404 }));
    return Promise.resolve(Response.json(job === undefined ? STATUS : jobs.get(job)));
  });
  useRuns.setState(useRuns.getInitialState());
  useServer.setState(useServer.getInitialState());
  useSession.setState(useSession.getInitialState());
  number = 100;
  client = new Client({ protocol: "http:", host: "127.0.0.1:8188" });
  client.connect();
  Socket.latest.accept(number);
});

afterEach(() => {
  client.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("queueing", () => {
  it("sends the workflow's own text under a new job id", async () => {
    const send = vi.spyOn(Socket.latest, "send");
    const job = await queueWorkflow();
    expect(job).toMatch(/^[0-9a-f-]{36}$/);
    expect(send.mock.lastCall?.[0]).toContain('"seed": 18446744073709551615');
  });

  it("follows the run from the server's yes on", async () => {
    const job = await queueWorkflow();
    expect(useSession.getState().submitting).toBe(job);
    Socket.latest.say({ type: "accepted", id: job, job, number: 1 });
    happen({ type: "job_started", job, at: 1 }, { type: "job_started", job: "somebody else's", at: 1 });
    expect(useSession.getState()).toMatchObject({ submitting: null, jobs: [job] });
    expect([...useRuns.getState().runs.keys()]).toEqual([job]);
    expect(useRuns.getState().runs.get(job)?.phase).toBe("running");
  });

  it("keeps what the server says against the workflow", async () => {
    const job = await queueWorkflow();
    const error = { type: "prompt_no_outputs", message: "Prompt has no outputs", details: "", extra_info: {} };
    Socket.latest.say({ type: "rejected", id: job, error });
    expect(useSession.getState()).toMatchObject({ submitting: null, jobs: [], refusal: { error, problems: {} } });
    expect(useRuns.getState().runs.size).toBe(0);
  });
});

describe("a page with no workflow", () => {
  const title = (): string | undefined => useSession.getState().workflow?.title;
  const visit = async (): Promise<void> => {
    Socket.latest.accept(number);
    await vi.runAllTimersAsync();
  };

  it("begins with the first example", async () => {
    examples = ["text-to-image", "inpainting"];
    await visit();
    expect(title()).toBe("Text to image");
    expect(useServer.getState().examples).toEqual(examples);
  });

  it("takes another seed for the next run where the workflow says so", async () => {
    examples = ["text-to-image"];
    await visit();
    client.queue();
    const job = String(Socket.latest.sent.at(-1)?.job);
    expect(useSession.getState().workflow?.text).toBe(EXAMPLE);
    Socket.latest.say({ type: "accepted", id: job, job, number: 1 });
    expect(useSession.getState().workflow?.text).toMatch(/\[(?!42,)\d+, "randomize", 20\]/);
  });

  it("keeps what a person opened meanwhile", async () => {
    examples = ["text-to-image"];
    const example = visit();
    await client.open(new File([WORKFLOW], "mine.json"));
    await example;
    expect(title()).toBe("mine");
  });

  it("leaves to be read why a file could not be opened", async () => {
    examples = ["text-to-image"];
    const example = visit();
    await client.open(new File(["{"], "notes.json"));
    await example;
    expect(useSession.getState().openFailure).toMatchObject({ file: "notes.json" });
  });

  it("stays empty once a person has closed the workflow", async () => {
    examples = ["text-to-image"];
    await visit();
    expect(title()).toBe("Text to image");
    session.closed();
    await visit();
    expect(title()).toBeUndefined();
  });
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
    const job = await queueWorkflow();
    Socket.latest.say({ type: "accepted", id: job, job, number: 1 });
    happen({ type: "job_started", job, at: 1 });
    await reconnect();
    Socket.latest.accept(140);
    expect(Socket.latest.sent[0]).toMatchObject({ type: "subscribe", after: 101 });
    happen({ type: "job_finished", job, outcome: "done", at: 2 });
    expect(useServer.getState().link).toBe("open");
    expect(useRuns.getState().runs.get(job)?.phase).toBe("done");
  });

  it("with a submission under way leaves no doubt whether it arrived", async () => {
    const lost = await queueWorkflow();
    await reconnect();
    Socket.latest.accept(140);
    await vi.advanceTimersByTimeAsync(1);
    expect(useSession.getState()).toMatchObject({ submitting: null, submitLost: true, jobs: [] });
    expect(useRuns.getState().runs.has(lost)).toBe(false);

    const arrived = await queueWorkflow();
    jobs.set(arrived, view(arrived, {}));
    await reconnect();
    Socket.latest.accept(150);
    await vi.advanceTimersByTimeAsync(1);
    expect(useSession.getState()).toMatchObject({ submitting: null, submitLost: false, jobs: [arrived] });
    expect(useRuns.getState().runs.get(arrived)?.phase).toBe("running");
  });

  it("for so long that events are gone asks how the run stands", async () => {
    const job = await queueWorkflow();
    Socket.latest.say({ type: "accepted", id: job, job, number: 1 });
    const picture = { node: "9", filename: "a.png", subfolder: "", type: "output" };
    const files = [{ ...picture, kind: "images", url: "/view" }];
    jobs.set(job, view(job, { state: "done", finished: 6, result: { type: "result", job, outcome: "done", files } }));
    await reconnect();
    Socket.latest.accept(20_000);
    Socket.latest.say({ type: "gap", after: 101, next: 10_000 });
    await vi.advanceTimersByTimeAsync(1);
    expect(useRuns.getState().runs.get(job)).toMatchObject({ phase: "done", pictures: [picture] });
  });
});

describe("a reload of the page", () => {
  const reload = async (last: number): Promise<void> => {
    client.close();
    const { workflow, refusal } = useSession.getInitialState();
    const remembered = sessionStorage.getItem("nodegraph.session") ?? "";
    useRuns.setState(useRuns.getInitialState());
    useSession.setState({ workflow, refusal, jobs: [], since: null, submitting: null });
    sessionStorage.setItem("nodegraph.session", remembered);
    await useSession.persist.rehydrate();
    client = new Client({ protocol: "http:", host: "127.0.0.1:8188" });
    client.connect();
    Socket.latest.accept(last);
  };

  it("keeps the workflow and hears its run again from the start", async () => {
    const job = await queueWorkflow();
    Socket.latest.say({ type: "accepted", id: job, job, number: 1 });
    happen({ type: "job_started", job, at: 1 });
    await reload(101);
    expect(useSession.getState().workflow?.text).toBe(WORKFLOW);
    expect(Socket.latest.sent[0]).toMatchObject({ type: "subscribe", after: 100 });
    happen({ type: "job_started", job, at: 1 }, { type: "job_finished", job, outcome: "done", at: 2 });
    expect(useRuns.getState().runs.get(job)?.phase).toBe("done");
  });

  it("before the server answered leaves no doubt whether the workflow arrived", async () => {
    const job = await queueWorkflow();
    jobs.set(job, view(job, {}));
    await reload(101);
    await vi.advanceTimersByTimeAsync(1);
    expect(useSession.getState()).toMatchObject({ submitting: null, jobs: [job] });
  });

  it("forgets what does not fit into the tab's storage, and nothing else suffers", async () => {
    const removeItem = vi.fn();
    const setItem = (): void => {
      throw new DOMException("full", "QuotaExceededError");
    };
    vi.stubGlobal("sessionStorage", { getItem: () => null, removeItem, setItem });
    await queueWorkflow();
    expect(useSession.getState().workflow?.text).toBe(WORKFLOW);
    expect(removeItem).toHaveBeenCalledWith("nodegraph.session");
  });
});

it("shows previews while the run lasts, and frees them", async () => {
  const revoke = vi.spyOn(URL, "revokeObjectURL");
  const job = await queueWorkflow();
  const preview = { type: "node_preview", job, node: "3", display: "3", mime: "image/jpeg", image: btoa("x") } as const;
  Socket.latest.say({ type: "event", number: 0, event: preview });
  const shown = useRuns.getState().preview;
  expect(shown?.node).toBe("3");
  happen({ type: "job_finished", job, outcome: "done", at: 2 });
  expect(useRuns.getState().preview).toBeNull();
  expect(revoke).toHaveBeenCalledWith(shown?.url);
});
