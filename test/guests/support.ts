import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { default as draft04 } from "ajv-draft-04";
import { parse } from "yaml";
import type { Role } from "../../src/config/schema.ts";
import { cloudInit } from "../../src/guests/cloud-init.ts";
import type { GuestContext, GuestMachine } from "../../src/guests/setup.ts";
import { templateNames } from "../../src/guests/templates.ts";
import type { Leg } from "../../src/plan/machines.ts";

export interface WrittenFile {
  path: string;
  content: string;
  permissions: string;
  owner?: string;
  defer?: boolean;
}

/** What cloud-init reads of a machine's user data: YAML 1.1. */
export interface Config {
  hostname: string;
  timezone: string;
  packages: (string | [string, string])[];
  write_files: WrittenFile[];
  runcmd: string[][];
  apt: Record<string, unknown>;
}

export const tier = (address: string, zone = "ai"): Leg => ({ zone, kind: "tier", address, prefix: 25 });
export const layer2: Leg = {
  zone: "gpu-storage",
  kind: "l2",
  address: "10.0.6.26",
  prefix: 24,
  mac: "06:00:0a:00:06:1a",
};
export const twoCards = {
  model: "A100-40",
  vendorId: "10de",
  deviceId: "20b0",
  profile: "passthrough",
  count: 2,
  memoryGib: 40,
};

/** A machine with the templates of its roles. */
export function machine(name: string, roles: Role[], address: string, more: Partial<GuestMachine> = {}): GuestMachine {
  return { name, roles, cpus: 4, memoryGib: 16, legs: [tier(address)], template: roles, ...more };
}

/** One machine of each role, and two tenants: A with a model of its own, C without. */
export const context: GuestContext = {
  networkDomain: "ai.internal",
  timezone: "Asia/Seoul",
  platform: [
    ...templateNames.map((role, index) => machine(`ai-${role}-01`, [role], `10.0.5.${index + 10}`)),
    machine("ai-infer-02", ["infer"], "10.0.5.102"),
    machine("ai-train-02", ["train"], "10.0.5.103", { gpu: twoCards }),
    machine("ai-router-02", ["router"], "10.0.5.104"),
  ],
  tenants: [
    {
      key: "a",
      machines: [machine("ai-a-serve-01", ["serve"], "10.0.20.8")],
      storageGib: 500,
      fallback: "ai-infer-02",
    },
    { key: "c", machines: [], storageGib: 300 },
  ],
};

export function read(text: string): Config {
  return { write_files: [], ...parse(text, { version: "1.1" }) };
}

/** The configuration of a machine of these roles among the others. */
export function guest(roles: Role[], more: Partial<GuestMachine> = {}, surroundings = context): Config {
  return read(cloudInit(machine(`ai-${roles[0]}-01`, roles, "10.0.5.99", more), surroundings));
}

export function contentOf({ write_files }: Config, path: string): string {
  const found = write_files.find((file) => file.path === path);
  if (found === undefined) throw new Error(`no ${path} among ${write_files.map((file) => file.path).join(", ")}`);
  return found.content;
}

const schema = JSON.parse(readFileSync(join(import.meta.dirname, "testdata/schema-cloud-config-v1.json"), "utf8"));
// A CommonJS module: its class is one level deeper for the compiler than for Node.
const Ajv = draft04 as unknown as typeof draft04.default;
const validate = new Ajv({ strict: false, allErrors: true, logger: false }).compile(schema);

/** What cloud-init's own schema has against a configuration. */
export function complaints(config: unknown): string[] {
  if (validate(config)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Every script that guests are given. */
export const scripts = globSync(join(import.meta.dirname, "../../src/guests/**/*.sh")).sort();

/** Whether a program can be run here: the products themselves are asked where they are installed. */
export function installed(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}
