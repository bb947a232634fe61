/** The protobuf messages and the gRPC runtime, loaded once and only what the provider protocol needs (start-up time counts). */
import { createRequire } from "node:module";
import type * as Grpc from "@grpc/grpc-js";
import type { Any } from "google-protobuf/google/protobuf/any_pb.js";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb.js";

const require = createRequire(import.meta.url);

export const grpc: typeof Grpc = require("@grpc/grpc-js");
export const messages: typeof import("@pulumi/pulumi/proto/provider_pb.js") = require("@pulumi/pulumi/proto/provider_pb.js");
export const plugin: typeof import("@pulumi/pulumi/proto/plugin_pb.js") = require("@pulumi/pulumi/proto/plugin_pb.js");
export const service: Grpc.ServiceDefinition =
  require("@pulumi/pulumi/proto/provider_grpc_pb.js").ResourceProviderService;
export const emptyMessage: new () => Empty = require("google-protobuf/google/protobuf/empty_pb.js").Empty;
export const anyMessage: new () => Any = require("google-protobuf/google/protobuf/any_pb.js").Any;

/** Loaded at the first failure with details only. */
export function statusMessages(): typeof import("@pulumi/pulumi/proto/status_pb.js") {
  return require("@pulumi/pulumi/proto/status_pb.js");
}

/** Loaded at the first line of log only. */
export function engineClient(address: string): {
  client: import("@pulumi/pulumi/proto/engine_grpc_pb.js").EngineClient;
  messages: typeof import("@pulumi/pulumi/proto/engine_pb.js");
} {
  const { EngineClient } = require("@pulumi/pulumi/proto/engine_grpc_pb.js");
  return {
    client: new EngineClient(address, grpc.credentials.createInsecure()),
    messages: require("@pulumi/pulumi/proto/engine_pb.js"),
  };
}
