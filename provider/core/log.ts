/** Lines in the engine's output. */
import { engineClient } from "./grpc.ts";

type Severity = "debug" | "info" | "warning";

export interface Log {
  /** Resolves when the engine has the line; never fails, a lost line is no reason to lose a deployment. */
  write(severity: Severity, urn: string, text: string): Promise<void>;
}

/** Writes to the engine at `address` ("host:port"). */
export function engineLog(address: string): Log {
  let engine: ReturnType<typeof engineClient> | undefined;
  return {
    write(severity, urn, text) {
      engine ??= engineClient(address);
      const { client, messages } = engine;
      const request = new messages.LogRequest();
      request.setSeverity(
        { debug: messages.LogSeverity.DEBUG, info: messages.LogSeverity.INFO, warning: messages.LogSeverity.WARNING }[
          severity
        ],
      );
      request.setUrn(urn);
      request.setMessage(text);
      return new Promise((resolve) => client.log(request, () => resolve()));
    },
  };
}

/** Where no engine listens. */
export const silentLog: Log = { write: () => Promise.resolve() };
