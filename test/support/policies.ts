import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Description, urnOf } from "../../policies/core/subject.ts";
import { types } from "../../policies/model/types.ts";
import cephSchema from "../../provider/ceph/schema.json" with { type: "json" };
import cloudstackSchema from "../../provider/cloudstack/schema.json" with { type: "json" };
import { unknown } from "../policies/rule-test.ts";
import { EngineStack, type Run } from "./engine.ts";

/** The policy pack, for `--policy-pack`. */
export const pack = join(import.meta.dirname, "../../policies");

/** The program that makes the resources of a file, as somebody would who writes them without our components. */
const program = join(import.meta.dirname, "../e2e/programs/policies");

/** A resource for that program. */
export interface Sample {
  /** Its logical name. */
  key: string;
  type: string;
  props: Record<string, unknown>;
  /** JSON pointers, of whole properties. */
  secrets: string[];
  /** Property → keys of the samples whose ids it is made from. */
  dependencies: Record<string, string[]>;
  ignoreChanges: readonly string[];
  aliases: readonly string[];
}

/** What the pack reported. */
export interface PolicyEvent {
  policyName: string;
  resourceUrn: string;
  message: string;
  enforcementLevel: string;
}

/** A stack of that program with these resources. */
export function sampleStack(samples: readonly Sample[], env: Record<string, string>): EngineStack {
  const stack = new EngineStack({ env, program });
  const file = join(stack.folder, "samples.json");
  writeFileSync(file, JSON.stringify({ samples, unknown }));
  stack.env = { ...stack.env, SAMPLES: file };
  return stack;
}

/** The words of the CLI that switch the pack on, with this configuration. */
export function policyWords(stack: EngineStack, configuration: object = {}): string[] {
  const file = join(stack.folder, "policies.json");
  writeFileSync(file, JSON.stringify(configuration));
  return ["--policy-pack", pack, "--policy-pack-config", file];
}

/**
 * The resources as samples, with what they refer to among all, under names of their own: `<prefix>.<Noun>.<name>`.
 * @param all default: the wanted ones
 */
export function samplesOf(
  prefix: string,
  wanted: readonly Description[],
  all: readonly Description[] = wanted,
): Sample[] {
  const byUrn = new Map(all.map((one) => [urnOf(one.type, one.name), one]));
  const taken = new Map<string, Sample>();
  const take = (one: Description): void => {
    const key = keyOf(prefix, one);
    if (taken.has(key)) return;
    const referents = Object.entries(one.dependencies ?? {}).map(([property, urns]) => {
      return [property, urns.flatMap((urn) => byUrn.get(urn) ?? [])] as const;
    });
    const dependencies = referents.map(([property, ones]) => [property, ones.map((other) => keyOf(prefix, other))]);
    taken.set(key, {
      key,
      type: one.type,
      props: inputsOf(one),
      secrets: [...(one.secrets ?? [])],
      dependencies: Object.fromEntries(dependencies),
      ignoreChanges: one.ignoreChanges ?? [],
      aliases: one.aliases ?? [],
    });
    for (const [, ones] of referents) ones.forEach(take);
  };
  wanted.forEach(take);
  return [...taken.values()];
}

function keyOf(prefix: string, { type, name }: Description): string {
  return `${prefix}.${type.split(":").at(-1)}.${name}`;
}

type Inputs = { inputProperties: object };
const schemas: Record<string, Inputs> = {
  ...cloudstackSchema.resources,
  ...cephSchema.resources,
  [types.cloudstackProvider]: cloudstackSchema.provider,
  [types.cephProvider]: cephSchema.provider,
};

/** What the type has as inputs, and what it must have. What the SDK itself makes, the stack, has whatever it is given. */
function inputsOf({ type, props = {} }: Description): Record<string, unknown> {
  const given = Object.entries({ ...required[type], ...props });
  const schema = schemas[type];
  if (schema === undefined) return Object.fromEntries(given);
  const known = new Set(Object.keys(schema.inputProperties));
  return Object.fromEntries(given.filter(([name]) => known.has(name)));
}

const someId = "00000000-0000-4000-8000-000000000000";
const zone = { zoneId: someId };

/** What the providers insist on and no rule of a sample looks at. */
const required: Record<string, Record<string, unknown>> = {
  [types.instance]: { ...zone, templateId: someId, serviceOfferingId: someId, nics: [{ networkId: someId }] },
  [types.network]: { ...zone, networkOfferingId: someId },
  [types.vpc]: { ...zone, vpcOfferingId: someId },
  [types.serviceOffering]: { cpuNumber: 2, cpuSpeedMhz: 2000, memoryMib: 4096, offerHa: true },
  [types.diskOffering]: { customized: true },
  [types.volume]: { ...zone, diskOfferingId: someId, sizeGib: 10 },
  [types.storagePool]: { ...zone, monitors: ["10.0.6.201"], user: "client.x", secretKey: "QVFB" },
  [types.loadBalancer]: { algorithm: "roundrobin", publicIpId: someId, networkId: someId },
  [types.portForwarding]: { protocol: "tcp", publicIpId: someId },
  [types.staticNat]: { publicIpId: someId },
  [types.keyPair]: { publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILJpC1bzbn3mCd8mNqZ9ExcZBbgQdPGZdBoBYBNv+KxG t" },
  [types.limits]: { limits: {} },
  [types.account]: {
    email: "x@example.org",
    firstName: "T",
    lastName: "X",
    password: "only for tests",
  },
  [types.gpuCard]: { vendorId: "10de", deviceId: "20f1", vendorName: "NVIDIA", deviceName: "A100" },
  [types.gpuDevice]: { hostId: someId },
  [types.hostDevice]: { hostId: someId },
  [types.outOfBand]: { hostId: someId, address: "192.0.2.9", username: "strata", password: "only for tests" },
  [types.hostHa]: { hostId: someId },
  [types.template]: { format: "QCOW2", hypervisor: "KVM", url: "https://images.example/22.04.5.qcow2" },
  [types.aclList]: { vpcId: someId },
  [types.bucketUser]: { displayName: "documents" },
};

/** What the pack reported as mandatory. */
export function mandatory({ events }: Run): PolicyEvent[] {
  const lines = readFileSync(events, "utf8").split("\n");
  return lines.flatMap((line) => {
    if (line === "") return [];
    const { policyEvent } = JSON.parse(line) as { policyEvent?: PolicyEvent };
    return policyEvent?.enforcementLevel === "mandatory" ? [policyEvent] : [];
  });
}

/** The logical name of what an event is about. */
export function nameOf({ resourceUrn }: PolicyEvent): string {
  return resourceUrn.split("::").at(-1) ?? "";
}

/** Other than what the pack says: a sample that the provider refuses proves nothing. */
export const providerError = /error: (?!preview failed|update failed)/;
