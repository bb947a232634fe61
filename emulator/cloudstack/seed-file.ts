import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import type { Seed } from "./seed.ts";

const name = z.string().min(1);
const address = z.ipv4();
const size = z.number().positive();
const tags = z.array(name).exactOptional();

const screen = z.strictObject({ x: size.int(), y: size.int() }).exactOptional();
const pciId = z.string().regex(/^[0-9a-f]{4}$/, "must be four hexadecimal digits, like 10de");
const gpu = z.strictObject({
  address: name,
  vendorId: pciId,
  deviceId: pciId,
  vendorName: name,
  deviceName: name,
  memoryMib: size.int(),
  maxHeads: size.int().exactOptional(),
  maxResolution: screen,
  numaNode: z.int(),
  pciRoot: name.exactOptional(),
  slices: z
    .array(
      z.strictObject({
        profile: name,
        count: size.int(),
        memoryMib: size.int(),
        maxPerCard: size.int(),
        maxHeads: size.int().exactOptional(),
        maxResolution: screen,
      }),
    )
    .exactOptional(),
});

/** `lspci` of a host: names begin with an address. */
const pciDevice = z.strictObject({
  name: z.string().regex(/^([0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]( |$)/i, "must begin like 3b:00.0"),
  text: z.string(),
});

const schema: z.ZodType<Seed> = z.strictObject({
  zone: z.strictObject({
    name,
    dns1: address,
    internalDns1: address,
    guestCidr: z.cidrv4(),
    networkDomain: name.exactOptional(),
  }),
  pod: z.strictObject({ name, gateway: address, netmask: address, startIp: address, endIp: address }),
  cluster: z.strictObject({ name, cpuOvercommit: size, memoryOvercommit: size }),
  hypervisor: name,
  hosts: z
    .array(
      z.strictObject({
        name,
        ip: address,
        cores: size.int(),
        cpuSpeedMhz: size.int(),
        memoryGib: size,
        tags,
        arch: name.exactOptional(),
        hypervisorVersion: name.exactOptional(),
        gpus: z.array(gpu).exactOptional(),
        pciDevices: z.array(pciDevice).exactOptional(),
      }),
    )
    .min(1),
  physicalNetwork: z.strictObject({ name, vlans: z.string().regex(/^\d+-\d+(,\d+-\d+)*$/, "must be like 500-1000") }),
  publicRange: z.strictObject({ gateway: address, netmask: address, startIp: address, endIp: address, vlan: name }),
  primaryStorage: z.array(
    z.strictObject({
      name,
      url: z.url(),
      sizeGib: size,
      isLocal: z.literal(true).exactOptional(),
      tags,
      iops: z.strictObject({ capacity: size, used: z.number().min(0) }).exactOptional(),
    }),
  ),
  templates: z.array(z.strictObject({ name, displayText: name, osType: name, format: name, sizeGib: size })),
  storageKeys: z.array(z.strictObject({ user: name, key: name, pools: z.array(name).exactOptional() })).exactOptional(),
  settings: z.record(z.string(), z.string()).exactOptional(),
});

/** Reads a seed from a YAML file. @throws with every mistake in it, each with its path */
export function readSeed(path: string): Seed {
  const result = schema.safeParse(parse(readFileSync(path, "utf8")));
  if (result.success) return result.data;
  const mistakes = result.error.issues.map((issue) => `  ${issue.path.join(".") || "(whole file)"}: ${issue.message}`);
  throw new Error(`${path} is not a usable seed:\n${mistakes.join("\n")}`);
}
