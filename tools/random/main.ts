import providerServices from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { servePlugin } from "../plugin/serve.ts";
import { randomProvider } from "./provider.ts";

servePlugin((server) => server.addService(providerServices.ResourceProviderService, randomProvider));
