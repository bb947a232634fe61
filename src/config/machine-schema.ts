import { z } from "zod";
import * as field from "./fields.ts";

/** Machines: sizes, disks, GPU shares, and what they are for. */

export const roles = {
  tenant: ["serve", "train", "data"],
  gate: ["validate", "process"],
  sharedAi: ["train", "infer", "schedule", "registry", "storage", "monitor", "model", "db"],
  edge: ["gateway", "router", "web", "tagging", "broker"],
} as const;
/** What a machine is for. Flows, addresses and replicas go by it. */
export type Role = (typeof roles)[keyof typeof roles][number];

const gpu = z
  .strictObject({
    mode: z
      .enum(["passthrough", "vgpu", "mig", "timeSlicing"])
      .describe("passthrough: whole cards. Tenants take vgpu or mig, whose memory nobody else reaches (P5.1)."),
    memory: field.size.optional().describe("Of one slice; the planner takes the smallest real profile that holds it."),
    count: field.whole("a whole number of cards or slices from 1 to 16", 1, 16).default(1),
    card: field.text("the model of a card").optional().describe("Only on this model. Default: what the hosts have."),
  })
  .refine(({ mode, memory }) => mode === "passthrough" || memory !== undefined, {
    error: "a share of a card says its memory, e.g. memory: 8 GiB",
    path: ["memory"],
  })
  .refine(({ mode, memory }) => mode !== "passthrough" || memory === undefined, {
    error: "a whole card has the memory that it has: take memory out",
    path: ["memory"],
  });

const machineFields = {
  name: field.hostName.describe("Host name, and the machine's identity: a new name is a new machine."),
  formerly: field.hostName
    .optional()
    .describe("The machine of another profile that this one carries on: it is renamed in place. Means nothing else."),
  cpus: field.whole("a whole number of vCPUs from 1 to 256", 1, 256).describe("A change stops and starts the machine."),
  memory: field.memorySize.describe("A change stops and starts the machine."),
  disk: field.diskSize
    .prefault("20 GiB")
    .describe("Root disk. It grows, for which the machine is stopped and started, and never shrinks."),
  gpu: gpu.optional().describe("Its share of the hosts' GPU cards. A change stops and starts the machine."),
  ha: z
    .boolean("true or false")
    .optional()
    .describe("Restart elsewhere when its host fails. Default: yes, except with a share of a GPU card."),
  priority: z
    .enum(["high", "medium", "low"])
    .default("medium")
    .describe(
      "Who is to go first when a host fails and room is short (T6): a tag, as the server itself keeps no order.",
    ),
  addresses: z
    .array(field.address)
    .default([])
    .describe(
      "Fixed addresses, at most one for each zone of the machine. Default: by role and number. Another address stops and starts the machine.",
    ),
  data: z
    .strictObject({
      size: field.diskSize.describe("Grows in place, never shrinks."),
      folders: z.array(field.folder).min(1, "at least one folder").describe("Where the guest finds it."),
      formerly: field.hostName
        .optional()
        .describe("The machine of another profile whose data volume this is: it is moved here with all that is on it."),
      pool: field.key
        .optional()
        .describe(
          "Key of a block pool of storage.pools, for the platform's own machines. A tenant's lie in the tenant's own pool.",
        ),
    })
    .optional()
    .describe("A volume of its own for data: it outlives the machine."),
};

function rolesOf<const R extends readonly [string, ...string[]]>(allowed: R) {
  return z
    .array(z.enum(allowed))
    .min(1, `at least one of ${allowed.join(", ")}`)
    .refine((named) => new Set(named).size === named.length, "each role once")
    .describe("What the machine is for. Its address goes by them, unless it is fixed.");
}

export function machinesOf<const R extends readonly [string, ...string[]]>(allowed: R) {
  const machine = z.strictObject({
    ...machineFields,
    roles: rolesOf(allowed),
    zones: z
      .array(field.key)
      .min(1, "at least one zone")
      .describe("Keys of the zones that it stands in. The first one carries the default route."),
  });
  return z.strictObject({
    machines: z.array(machine).min(1, "at least one machine").describe("The layer's machines."),
  });
}

export const tenantMachine = z.strictObject({ ...machineFields, roles: rolesOf(roles.tenant) });
