import { join } from "node:path";
import { runFolder } from "../tools/toolchain/layout.ts";
import { Background, type Running } from "./background.ts";

/** Where the embedded cloud answers, and the throwaway keys of its administrator. Loopback only. */
export interface Endpoint extends Running {
  apiUrl: string;
  apiKey: string;
  secretKey: string;
}

export interface StartOptions {
  /** `real` answers as slowly as a real server's jobs do, `fast` ten times faster, `none` at once. */
  latency?: string;
  /** Name of a seed, such as the profile's, or a seed file: zone, hosts, physical network, templates. */
  seed?: string;
  port?: string;
  /** `cloudstack`, or `mold` for ABLESTACK Mold. */
  flavor?: string;
  /** Throws away what a former one left. */
  fresh?: boolean;
}

const cloud = new Background<Endpoint>({
  name: "embedded cloud",
  program: "emulator/cloudstack/main.ts",
  folder: join(runFolder, "emulator"),
  urlsOf: ({ apiUrl }) => [apiUrl],
});

/** The running embedded cloud of this work tree, or undefined. */
export function findCloud(): Promise<Endpoint | undefined> {
  return cloud.find();
}

/** Starts the embedded cloud in the background, on the port it had before where that is free; idempotent. */
export function startCloud({
  fresh,
  ...options
}: StartOptions = {}): Promise<{ endpoint: Endpoint; started: boolean }> {
  return cloud.start(options, fresh);
}

/** Ends the embedded cloud and keeps its state; false where none was running. */
export function stopCloud(): Promise<boolean> {
  return cloud.stop();
}

/** Puts the running embedded cloud back to its seed. */
export async function resetCloud(): Promise<void> {
  if (!(await cloud.reset()))
    throw new Error("the embedded cloud is not running: start it with `strata emulator start`");
}

/** The provider's settings for this endpoint, as environment variables. */
export function cloudEnvironment(endpoint: Endpoint): Record<string, string> {
  return {
    CLOUDSTACK_API_URL: endpoint.apiUrl,
    CLOUDSTACK_API_KEY: endpoint.apiKey,
    CLOUDSTACK_SECRET_KEY: endpoint.secretKey,
  };
}
