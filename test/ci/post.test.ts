import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stackReport } from "../../cli/report/build.ts";
import { marker } from "../../cli/report/comment.ts";
import { readEngineLog } from "../../cli/report/engine-log.ts";
import { reportVersion } from "../../cli/report/model.ts";
import { repoRoot } from "../../tools/toolchain/layout.ts";
import { type Recording, readRecording } from "./recorded/files.ts";

/** The poster as CI calls it, against a server with the few of GitHub's and GitLab's endpoints that it uses. */

interface Note {
  id: number;
  number: number;
  body: string;
  user: { type: string };
  state: string;
  labels?: string[];
}

let folder: string;
let server: Server;
let notes: Note[];
let requests: string[];
let pulls: { number: number; head: { sha: string } }[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "strata-post-"));
  notes = [];
  requests = [];
  pulls = [{ number: 7, head: { sha: "abc" } }];
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (part) => {
      text += part;
    });
    request.on("end", () => {
      const url = new URL(request.url ?? "", "http://here");
      requests.push(`${request.method} ${url.pathname}`);
      const known = (request.headers.authorization ?? request.headers["private-token"] ?? "").includes("the-token");
      const answer = known
        ? answerTo(request.method ?? "", url, text === "" ? undefined : JSON.parse(text))
        : undefined;
      response.writeHead(answer === undefined ? 403 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ?? {}));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function answerTo(method: string, url: URL, body: Partial<Note> | undefined): unknown {
  if (url.pathname.endsWith("/pulls")) return url.searchParams.get("head") === "stranger:fix" ? pulls : [];
  if (method === "GET") {
    const page = Number(url.searchParams.get("page"));
    return notes.slice((page - 1) * 100, page * 100);
  }
  const id = Number(url.pathname.split("/").at(-1));
  const old = notes.find((note) => note.id === id);
  if (method === "POST" && body !== undefined) notes.push({ ...noteOf(notes.length + 1, ""), ...body });
  else if (old !== undefined) Object.assign(old, body);
  else return undefined;
  return {};
}

function noteOf(id: number, body: string, type = "Bot"): Note {
  return { id, number: id, body, user: { type }, state: "open" };
}

function report(name: Recording): string {
  const file = join(folder, `${name}.json`);
  const stack = stackReport(readEngineLog(readRecording(name)), (text) => text);
  writeFileSync(file, JSON.stringify({ version: reportVersion, stacks: [stack] }));
  return file;
}

async function post(what: string, files: string[], env: Record<string, string> = {}) {
  const event = join(folder, "event.json");
  const run = { head_sha: "abc", head_branch: "fix", head_repository: { owner: { login: "stranger" } } };
  writeFileSync(event, JSON.stringify({ workflow_run: run }));
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const child = spawn(process.execPath, ["tools/ci/post.ts", what, ...files], {
    cwd: repoRoot,
    env: {
      PATH: process.env.PATH,
      GITHUB_API_URL: api,
      GITHUB_REPOSITORY: "owner/strata",
      GITHUB_TOKEN: "the-token",
      GITHUB_EVENT_PATH: event,
      CI_API_V4_URL: api,
      CI_PROJECT_ID: "5",
      CI_MERGE_REQUEST_IID: "3",
      ...env,
    },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
  const [code] = await once(child, "close");
  return { code, text };
}

test("a pull request has one comment, which is edited", async () => {
  notes.push(noteOf(1, "a person's word", "User"));
  expect(await post("comment", [report("first")])).toEqual({ code: 0, text: "comment on #7: made\n" });
  expect(await post("comment", [report("change")])).toEqual({ code: 0, text: "comment on #7: edited\n" });
  expect(notes).toHaveLength(2);
  expect(notes[1]?.body).toContain("ai-c-ml-01-data");
  expect(notes[1]?.body.startsWith(marker)).toBe(true);
});

test("a person's comment with our marker is not ours, and ours is found on a later page", async () => {
  notes.push(...Array.from({ length: 150 }, (_, index) => noteOf(index + 1, `${marker} mine`, "User")));
  notes.push(noteOf(151, `${marker}\nold`));
  expect((await post("comment", [report("same")])).text).toBe("comment on #7: edited\n");
  expect(notes[150]?.body).toContain("Nothing changes.");
  expect(notes[0]?.body).toBe(`${marker} mine`);
});

test("which pull request it is, only GitHub says: one with newer commits gets no comment", async () => {
  pulls = [{ number: 9, head: { sha: "newer" } }];
  expect((await post("comment", [report("first")])).text).toMatch(/closed or has newer commits/);
  expect(notes).toEqual([]);
});

test("what a stranger's job left is data: Markdown of its own and unknown words are refused", async () => {
  const file = join(folder, "evil.json");
  writeFileSync(file, JSON.stringify({ version: reportVersion, stacks: [{ stack: "x", operation: "<img>" }] }));
  const { code, text } = await post("comment", [file]);
  expect(code).toBe(1);
  expect(text).toMatch(/report\.stacks\[0\]\.operation is not one of/);
  expect(text).not.toContain("<img>");
  expect(requests).toEqual([]);
});

test("drift has one issue: made, kept, closed when it is over, reopened", async () => {
  expect((await post("issue", [report("same")])).text).toBe("issue: none\n");
  expect((await post("issue", [report("same"), report("drift")])).text).toBe("issue: made\n");
  expect(notes[0]).toMatchObject({ labels: ["drift"], state: "open" });
  expect((await post("issue", [report("drift")])).text).toBe("issue: edited\n");
  expect((await post("issue", [report("same")])).text).toBe("issue: closed\n");
  expect(notes[0]?.state).toBe("closed");
  expect((await post("issue", [report("drift")])).text).toBe("issue: edited\n");
  expect(notes[0]?.state).toBe("open");
  expect(notes).toHaveLength(1);
});

test("a check that failed is no proof of order", async () => {
  expect((await post("issue", [report("first")])).text).toBe("issue: made\n");
});

test("GitLab: one note with a token of the project, none without", async () => {
  expect((await post("note", [report("first")])).text).toBe("note: no token\n");
  for (const word of ["made", "edited"]) {
    expect((await post("note", [report("first")], { STRATA_REPORT_TOKEN: "the-token" })).text).toBe(`note: ${word}\n`);
  }
  expect(notes).toHaveLength(1);
});

test("a refusal names the request and the status, never the token", async () => {
  const { code, text } = await post("comment", [report("first")], { GITHUB_TOKEN: "wrong-but-private" });
  expect(code).toBe(1);
  expect(text).toBe("post: GET repos/owner/strata/pulls was answered with 403\n");
});
