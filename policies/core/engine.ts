import { credentials } from "@grpc/grpc-js";
import engineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import { recordsShown } from "./record.ts";

/** Gives the engine a line: for people, who see it on the console, or for tools, who read the engine's event log. */
export type Say = (line: string, to?: "people" | "tools") => Promise<void>;

/** @param address the engine's, as its handshake says; without one the line goes to stdout, which the engine shows too */
export function sayTo(address: string | undefined): Say {
  if (address === undefined || address === "") return async (line) => console.log(line);
  const client = new engineServices.EngineClient(address, credentials.createInsecure());
  const { INFO, DEBUG } = engineMessages.LogSeverity;
  const toTools = process.env[recordsShown] === "shown" ? INFO : DEBUG;
  return (line, to = "people") => {
    const request = new engineMessages.LogRequest().setSeverity(to === "people" ? INFO : toTools).setMessage(line);
    return new Promise((resolve, reject) => {
      client.log(request, (error) => (error === null ? resolve() : reject(error)));
    });
  };
}
