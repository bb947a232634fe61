import { credentials } from "@grpc/grpc-js";
import engineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";

/** Shows a line on the engine's console. */
export type Say = (line: string) => Promise<void>;

/** @param address the engine's, as its handshake says; without one the line goes to stdout, which the engine shows too */
export function sayTo(address: string | undefined): Say {
  if (address === undefined || address === "") return async (line) => console.log(line);
  const client = new engineServices.EngineClient(address, credentials.createInsecure());
  return (line) => {
    const request = new engineMessages.LogRequest().setSeverity(engineMessages.LogSeverity.INFO).setMessage(line);
    return new Promise((resolve, reject) => {
      client.log(request, (error) => (error === null ? resolve() : reject(error)));
    });
  };
}
