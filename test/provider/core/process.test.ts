import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { afterEach, expect, test } from "vitest";

const executable = new URL("../../../provider/cloudstack/pulumi-resource-cloudstack", import.meta.url).pathname;
type Child = ChildProcessByStdio<Writable, Readable, null>;
const running: Child[] = [];

function start(): Child {
  const child = spawn(executable, ["127.0.0.1:1"], { stdio: ["pipe", "pipe", "inherit"] });
  running.push(child);
  return child;
}

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

async function portOf(child: Child): Promise<string> {
  const [line] = await once(createInterface(child.stdout), "line");
  return String(line);
}

test("the process tells its port and nothing else", async () => {
  expect(await portOf(start())).toMatch(/^\d+$/);
});

test("it ends with the engine that holds its input open: a killed engine leaves no provider behind that goes on", async () => {
  const child = start();
  await portOf(child);
  child.stdin.end();
  expect((await once(child, "exit"))[0]).toBe(0);
});

test.each(["SIGINT", "SIGTERM"] as const)("%s ends it", async (signal) => {
  const child = start();
  await portOf(child);
  child.kill(signal);
  expect((await once(child, "exit"))[0]).toBe(0);
});
