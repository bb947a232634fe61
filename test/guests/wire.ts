import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Agent, createServer, type RequestOptions, request, type Server } from "node:https";
import { createServer as createSocket } from "node:net";
import { join } from "node:path";

/** Servers and clients for products that really run in a test, with certificates of an authority of the test's own. */

/** One certificate for all the names, as the platform's authority would give them one each. */
export function certify(folder: string, names: readonly string[]): void {
  const alternatives = names.map((name) => `DNS:${name}`).join(",");
  const args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=test"];
  const files = ["-keyout", join(folder, "tls.key"), "-out", join(folder, "tls.crt")];
  spawnSync("openssl", [...args, "-addext", `subjectAltName=${alternatives}`, ...files]);
  spawnSync("cp", [join(folder, "tls.crt"), join(folder, "ca.crt")]);
}

/** A server that answers by TLS 1.3 with what it makes of the request's headers. */
export async function tlsServer(
  folder: string,
  answer: (headers: Record<string, unknown>) => string,
): Promise<{ server: Server; port: number }> {
  const [key, cert] = ["tls.key", "tls.crt"].map((file) => readFileSync(join(folder, file)));
  const server = createServer({ key, cert, minVersion: "TLSv1.3" }, ({ headers }, response) =>
    response.end(answer(headers)),
  );
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { server, port: portOf(server) };
}

/** Below the ports that systems give out by themselves (RFC 6335: from 49152; Linux: from 32768): nobody gets one in the meantime. */
let nextPort = 10_000 + (process.pid % 220) * 100;

/** A port that nobody listens on, for a product that must be told one. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = nextPort++;
    const socket = createSocket();
    const isFree = await new Promise<boolean>((done) => {
      socket.once("error", () => done(false)).listen(port, "127.0.0.1", () => done(true));
    });
    if (!isFree) continue;
    await new Promise((done) => socket.close(done));
    return port;
  }
}

function portOf(server: Pick<Server, "address">): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server does not listen");
  return address.port;
}

const agent = new Agent({ rejectUnauthorized: false, keepAlive: false });

export function ask(
  port: number,
  path: string,
  options: Pick<RequestOptions, "headers" | "maxVersion"> = {},
): Promise<{ status: number | undefined; body: string }> {
  return new Promise((done, failed) => {
    const sent = request({ host: "127.0.0.1", port, path, agent, ...options }, (response) => {
      let body = "";
      response.on("data", (part) => {
        body += part;
      });
      response.on("end", () => done({ status: response.statusCode, body }));
    });
    sent.on("error", failed);
    sent.end();
  });
}
