import { fstatSync } from "node:fs";
import { Server, ServerCredentials } from "@grpc/grpc-js";

/** The engine sends whole states and schemas in one message. */
const messageLimitBytes = 400 * 1024 * 1024;

/**
 * Serves a Pulumi plugin the way the engine expects it: a gRPC server on loopback, its port as the first line on
 * stdout, and an end when the engine ends.
 * @param register adds the plugin's services
 */
export function servePlugin(register: (server: Server) => void): void {
  const server = new Server({
    "grpc.max_receive_message_length": messageLimitBytes,
    "grpc.max_send_message_length": messageLimitBytes,
  });
  register(server);
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    process.stdout.write(`${port}\n`);
  });

  const end = () => process.exit(0);
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  // The engine holds the other end of stdin; a killed engine cannot say goodbye, but its pipe closes.
  if (fstatSync(0).isFIFO() || fstatSync(0).isSocket()) process.stdin.on("end", end).on("error", end).resume();
}
