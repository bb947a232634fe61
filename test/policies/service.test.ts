import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { credentials } from "@grpc/grpc-js";
import analyzerServices from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { urnOf } from "../../policies/core/subject.ts";

/** A pack's process as the engine sees it, by the SDK's own client: the one whose runs `test/ci/recorded` keeps. */

const file = join(import.meta.dirname, "../ci/own-pack/main.ts");
const machine = "cloudstack:compute:Instance";
let child: ChildProcess;
let client: InstanceType<typeof analyzerServices.AnalyzerClient>;

beforeAll(async () => {
  child = spawn(process.execPath, [file], { stdio: ["pipe", "pipe", "inherit"] });
  if (child.stdout === null) throw new Error("no stdout");
  const [port] = (await once(createInterface(child.stdout), "line")) as [string];
  client = new analyzerServices.AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
});

afterAll(async () => {
  client.close();
  child.kill("SIGTERM");
  await once(child, "exit");
});

test("a pack that is not ours to ship judges resources as the engine sends them", async () => {
  const [type, name] = [machine, "ai-b-data-02"];
  const request = new messages.AnalyzeRequest().setType(type).setName(name).setUrn(urnOf(type, name));
  const analyze = promisify<typeof request, InstanceType<typeof messages.AnalyzeResponse>>(client.analyze.bind(client));
  const found = (await analyze(request)).getDiagnosticsList();
  expect(found.map((one) => [one.getPolicyname(), one.getUrn()])).toEqual([["sample-machines", urnOf(type, name)]]);
});
