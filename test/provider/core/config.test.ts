import { createRequire } from "node:module";
import type * as Messages from "@pulumi/pulumi/proto/provider_pb.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fromStruct, Secret, toStruct, UNKNOWN, type ValueObject } from "../../../provider/core/values.ts";
import { TestEngine } from "../engine.ts";
import { toyProvider } from "./toy.ts";

const messages: typeof Messages = createRequire(import.meta.url)("@pulumi/pulumi/proto/provider_pb.js");
const provider = () => toyProvider({ things: new Map() });
const good = { endpoint: "here", token: new Secret("12345678") };

let engine: TestEngine;
beforeEach(async () => {
  engine = await TestEngine.start(provider(), good);
});
afterEach(() => {
  engine.close();
  delete process.env.TOY_ENDPOINT;
});

async function checkConfig(news: ValueObject) {
  const request = new messages.CheckRequest();
  request.setUrn("urn:pulumi:test::strata::pulumi:providers:toy::default");
  request.setNews(toStruct(news));
  const answer = await engine.send<Messages.CheckResponse>("checkConfig", request);
  const failures = answer.getFailuresList().map((failure) => [failure.getProperty(), failure.getReason()]);
  return { inputs: fromStruct(answer.getInputs()), failures: Object.fromEntries(failures) };
}

test("all mistakes at once, secrets unseen", async () => {
  expect((await checkConfig({ token: "short", retries: "many", endpont: "x" })).failures).toEqual({
    endpoint: "is required: text → pulumi config set toy:endpoint, or set TOY_ENDPOINT",
    // Named by the reason only: the engine quotes the value of a property that a failure names.
    "": "token: [secret]: needs at least 8 characters",
    retries: '"many": must be a whole number',
    endpont: 'there is no such property → did you mean "endpoint"?',
  });
});

test("values from `pulumi config` are text and taken by their type; what the engine adds is let through", async () => {
  const { inputs, failures } = await checkConfig({ ...good, retries: "5", version: "1.2.3" });
  expect(failures).toEqual({});
  expect(inputs).toEqual({ ...good, retries: 5, version: "1.2.3" });
});

test("a secret key is secret, however it was configured", async () => {
  expect((await checkConfig({ endpoint: "here", token: "12345678" })).inputs.token).toEqual(new Secret("12345678"));
});

test("an environment variable stands in, and stays out of the state", async () => {
  process.env.TOY_ENDPOINT = "there";
  expect(await checkConfig({ token: good.token })).toEqual({ inputs: { token: good.token }, failures: {} });
});

test("a configuration that is not known yet is no mistake", async () => {
  expect((await checkConfig({ endpoint: UNKNOWN, token: UNKNOWN })).failures).toEqual({});
});

test("configure refuses what checkConfig would, in one message", async () => {
  await expect(TestEngine.start(provider(), { retries: -1 })).rejects.toMatchObject({
    details: expect.stringMatching(/toy:retries -1: at least 0\n.*toy:endpoint is required.*\n.*toy:token is required/),
  });
});

test("another endpoint or key replaces nothing", async () => {
  const request = new messages.DiffRequest();
  request.setUrn("urn:pulumi:test::strata::pulumi:providers:toy::default");
  request.setOldInputs(toStruct(good));
  request.setNews(toStruct({ ...good, endpoint: "there" }));
  const answer = await engine.send<Messages.DiffResponse>("diffConfig", request);
  expect(answer.getDiffsList()).toEqual(["endpoint"]);
  expect(answer.getReplacesList()).toEqual([]);
});
