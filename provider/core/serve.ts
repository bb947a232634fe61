/** The life of a provider process: listen, tell the engine the port, go when the engine goes. */
import { grpc, service } from "./grpc.ts";
import type { Provider } from "./resource.ts";
import { providerService } from "./server.ts";

const anySize = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** Listens on a free loopback port. */
export function listen<Api>(provider: Provider<Api>): Promise<{ port: number; close(): void }> {
  const server = new grpc.Server(anySize);
  server.addService(service, providerService(provider));
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error !== null) reject(error);
      else resolve({ port, close: () => server.forceShutdown() });
    });
  });
}

/** Runs as a plugin of the engine, which reads the port from the first line of output. */
export async function serve<Api>(provider: Provider<Api>): Promise<void> {
  leaveWithTheEngine();
  const { port } = await listen(provider);
  process.stdout.write(`${port}\n`);
}

/**
 * The engine holds our standard input open as long as it lives. When it is killed we go at once: calls that wait for their
 * turn must not reach the server after the user has started the next run.
 */
function leaveWithTheEngine(): void {
  process.stdin.on("end", () => process.exit(0));
  process.stdin.on("error", () => process.exit(0));
  process.stdin.resume();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(0));
  // A mistake of ours in one place must not lose the ids of what is being made in others.
  process.on("unhandledRejection", (reason) => console.error("unexpected failure:", reason));
}
