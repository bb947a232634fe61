import languageServices from "@pulumi/pulumi/proto/language_grpc_pb.js";
import { servePlugin } from "../plugin/serve.ts";
import { endChildren } from "./children.ts";
import { languageRuntime } from "./service.ts";

// The engine passes its address as the last argument; a newer one says it again in the handshake.
const engineAddress = process.argv.at(-1) ?? "";

servePlugin(
  (server) => server.addService(languageServices.LanguageRuntimeService, languageRuntime(engineAddress)),
  endChildren,
);
