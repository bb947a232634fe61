import { createRequire } from "node:module";
import type * as Grpc from "@grpc/grpc-js";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Secret } from "../../../provider/core/values.ts";
import { TestEngine } from "../engine.ts";
import { THING, toyProvider } from "./toy.ts";

const require = createRequire(import.meta.url);
const grpc: typeof Grpc = require("@grpc/grpc-js");
const { EngineService } = require("@pulumi/pulumi/proto/engine_grpc_pb.js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");
const messages = require("@pulumi/pulumi/proto/provider_pb.js");

const lines: string[] = [];
let log: Grpc.Server;
let engine: TestEngine;

beforeAll(async () => {
  log = new grpc.Server();
  log.addService(EngineService, {
    log: (
      call: Grpc.ServerUnaryCall<{ getSeverity(): number; getMessage(): string }, unknown>,
      done: Grpc.sendUnaryData<unknown>,
    ) => {
      lines.push(`${call.request.getSeverity()} ${call.request.getMessage()}`);
      done(null, new Empty());
    },
  });
  const credentials = grpc.ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve) =>
    log.bindAsync("127.0.0.1:0", credentials, (_, bound) => resolve(bound)),
  );
  engine = await TestEngine.start(toyProvider({ things: new Map() }), {
    endpoint: "here",
    token: new Secret("12345678"),
  });
  const handshake = new messages.ProviderHandshakeRequest();
  handshake.setEngineAddress(`127.0.0.1:${port}`);
  await engine.send("handshake", handshake);
});
afterAll(() => {
  engine.close();
  log.forceShutdown();
});
beforeEach(() => {
  lines.length = 0;
});

test("a preview says which changes stop what runs", async () => {
  const kept = await engine.create(THING, { name: "a", size: 4 });
  await engine.update(THING, kept, { name: "b", size: 8 }, { preview: true });
  expect(lines).toEqual(["2 this update stops a and starts it again, for: size"]);
});

test("it says nothing when nothing is stopped", async () => {
  const kept = await engine.create(THING, { name: "a", size: 4 });
  await engine.update(THING, kept, { name: "b", size: 4 }, { preview: true });
  const asleep = await engine.create(THING, { name: "asleep", size: 4 });
  await engine.update(THING, asleep, { name: "asleep", size: 8 }, { preview: true });
  expect(lines).toEqual([]);
});
