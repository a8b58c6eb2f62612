/** What the description is made of: groups, searching, examples and lines for the shell. */

import { describe, expect, it } from "vitest";

import { docs as en } from "../i18n/en/docs";
import { groupsOf, matching, matchingTypes, scopeOf, type ApiDocument } from "./api-document";
import { curlOf, exampleOf } from "./example";
import { WORDS } from "./words";

const DOCUMENT: ApiDocument = {
  info: { version: "1" },
  tags: [{ name: "Jobs" }, { name: "Server" }],
  paths: {
    "/api/v1/status": {
      get: { operationId: "get_status", tags: ["Server"], summary: "At a glance", responses: {}, security: [] },
    },
    "/api/v1/jobs": {
      post: {
        operationId: "post_job",
        tags: ["Jobs"],
        summary: "Queue a workflow",
        requestBody: {
          required: true,
          content: { "application/json": { schema: { $ref: "#/components/schemas/Request" } } },
        },
        responses: {},
        security: [{}, { token: ["run"] }],
      },
      get: {
        operationId: "list_jobs",
        tags: ["Jobs"],
        summary: "List jobs",
        parameters: [
          { name: "since", in: "query", required: true, schema: { type: "number" } },
          { name: "q", in: "query", required: false, schema: { type: "string" } },
        ],
        responses: {},
        security: [{}, { token: ["read"] }],
      },
    },
  },
  components: {
    responses: {},
    schemas: {
      Request: {
        type: "object",
        properties: {
          name: { type: "string" },
          like: { $ref: "#/components/schemas/Request" },
          size: { type: "integer", minimum: 3 },
          kind: { enum: ["it's", "b"] },
          nothing: { anyOf: [{ type: "null" }, { type: "array", items: { type: "boolean" } }] },
        },
        required: ["nothing"],
      },
      Loop: {
        type: "object",
        properties: { next: { $ref: "#/components/schemas/Loop" } },
        required: ["next"],
      },
      Exemplary: {
        type: "object",
        properties: { prompt: { type: "object", examples: [{ "1": {} }] }, front: { type: "boolean" } },
      },
    },
  },
};

const ids = (text: string): string[] =>
  matching(groupsOf(DOCUMENT), text).flatMap(({ operations }) => operations.map(({ operationId }) => operationId));

describe("operations", () => {
  it("stand under their headings, in the order of these", () => {
    expect(ids("")).toEqual(["post_job", "list_jobs", "get_status"]);
  });

  it("are found by all words, wherever these stand", () => {
    expect(ids("JOBS list")).toEqual(["list_jobs"]);
    expect(ids("since")).toEqual(["list_jobs"]);
    expect(ids("post /api")).toEqual(["post_job"]);
    expect(ids("jobs nowhere")).toEqual([]);
  });

  it("have types that are found as they are", () => {
    expect(matchingTypes(DOCUMENT, "loop").map(([name]) => name)).toEqual(["Loop"]);
    expect(matchingTypes(DOCUMENT, "front prompt").map(([name]) => name)).toEqual(["Exemplary"]);
  });

  it("say which scope they need", () => {
    expect(groupsOf(DOCUMENT).flatMap(({ operations }) => operations.map(scopeOf))).toEqual(["run", "read", null]);
  });
});

describe("examples", () => {
  it("have what is required and what is plain", () => {
    const { Request } = DOCUMENT.components.schemas;
    expect(exampleOf(Request ?? {}, DOCUMENT)).toEqual({ name: "text", size: 3, kind: "it's", nothing: [false] });
  });

  it("have an end where types contain themselves", () => {
    expect(JSON.stringify(exampleOf({ $ref: "#/components/schemas/Loop" }, DOCUMENT))).toContain("{}");
  });

  it("are the document's own where it has some", () => {
    expect(exampleOf({ $ref: "#/components/schemas/Exemplary" }, DOCUMENT)).toEqual({ prompt: { "1": {} } });
  });
});

describe("lines for the shell", () => {
  const [post, list] = groupsOf(DOCUMENT).flatMap(({ operations }) => operations);

  it("send a body that quotes cannot break out of", () => {
    const line = post && curlOf(post, DOCUMENT, "http://here", true);
    expect(line).toContain("curl -X POST 'http://here/api/v1/jobs'");
    expect(line).toContain(`-H "Authorization: Bearer $NODEGRAPH_TOKEN"`);
    expect(line).toContain(String.raw`"kind":"it'\''s"`);
  });

  it("name what must be given", () => {
    expect(list && curlOf(list, DOCUMENT, "http://here", false)).toBe("curl 'http://here/api/v1/jobs?since=…'");
  });
});

describe("the Chinese words", () => {
  it("are Chinese", () => {
    for (const [name, said] of Object.entries(WORDS.zh)) {
      expect(Object.keys(en)).toContain(name);
      expect(typeof said === "function" ? said("x") : said).toMatch(/[一-鿿]/);
    }
  });
});
