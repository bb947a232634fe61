import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** `pulumi stack init --secrets-provider`: a key in Vault, which never leaves it. */
export const vaultKey = "hashivault://strata-tests";

const token = "only for tests";
let running: Promise<Record<string, string>> | undefined;

/**
 * Two requests of Vault's transit engine, by which Pulumi has the key of a stack's secrets wrapped and unwrapped. From a
 * passphrase the engine derives that key anew in every run, with a million rounds of PBKDF2: a fifth of the CPU of all tests.
 * @returns the environment in which Pulumi finds it
 */
export function vault(): Promise<Record<string, string>> {
  running ??= startVault();
  return running;
}

async function startVault(): Promise<Record<string, string>> {
  const key = randomBytes(32);
  const server = createServer(async (request, response) => {
    const data = request.headers["x-vault-token"] === token ? answer(key, request.url, await body(request)) : undefined;
    response.writeHead(data === undefined ? 403 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(data === undefined ? { errors: ["permission denied"] } : { data }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // The worker ends when its tests have.
  server.unref();
  const { port } = server.address() as AddressInfo;
  return { VAULT_ADDR: `http://127.0.0.1:${port}`, VAULT_TOKEN: token };
}

const body = (request: IncomingMessage) => json(request) as Promise<Record<string, string>>;

function answer(key: Buffer, url: string | undefined, { plaintext = "", ciphertext = "" }: Record<string, string>) {
  if (url === "/v1/transit/encrypt/strata-tests") return { ciphertext: `vault:v1:${wrap(key, plaintext)}` };
  if (url === "/v1/transit/decrypt/strata-tests")
    return { plaintext: unwrap(key, ciphertext.slice("vault:v1:".length)) };
  return undefined;
}

function wrap(key: Buffer, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString("base64");
}

function unwrap(key: Buffer, text: string): string {
  const bytes = Buffer.from(text, "base64");
  const cipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12)).setAuthTag(bytes.subarray(-16));
  return Buffer.concat([cipher.update(bytes.subarray(12, -16)), cipher.final()]).toString();
}
