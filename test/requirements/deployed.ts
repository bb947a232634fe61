import { expect } from "vitest";
import type { Cloud, Row } from "../support/cloud.ts";
import { type RequiredMachine, type RequiredProfile, timezone } from "./profiles.ts";

/** What a cloud has, in the words of the requirements, to be compared with {@link expectedMachines} and its like. */

const gib = 2 ** 30;
/** Where root disks and data without a pool lie in every embedded zone. */
const primary = "primary1";
const defaultRootGib = 20;

/** Every machine by name: sizes, share of cards, cards with VLAN and address, disks with their pools, owner, HA, what its guest is told. */
export async function deployedMachines(cloud: Cloud): Promise<Record<string, unknown>> {
  const volumes = await cloud.list("listVolumes");
  const pools = new Map((await cloud.rows("listStoragePools")).map((row) => [row.id, poolName(row)]));
  const rows = await cloud.list("listVirtualMachines", { userdata: "true" });
  return Object.fromEntries(
    rows.map((row) => {
      const own = volumes.filter(({ virtualmachineid }) => virtualmachineid === row.id);
      const diskOf = (type: string) =>
        own
          .filter((volume) => volume.type === type)
          .map(({ size, storageid, account }) => ({
            gib: Number(size) / gib,
            pool: pools.get(storageid),
            account: String(account),
          }));
      return [row.name, { ...machineOf(row), root: diskOf("ROOT"), data: diskOf("DATADISK"), ...guestOf(row) }];
    }),
  );
}

function machineOf(row: Row) {
  const priority = (row.tags as Row[]).find(({ key }) => key === "restart-priority")?.value;
  return {
    state: row.state,
    vcpus: row.cpunumber,
    memoryGib: Number(row.memory) / 1024,
    account: row.account,
    nics: (row.nic as Row[]).map(({ broadcasturi, ipaddress }) => ({ vlan: broadcasturi, address: ipaddress })),
    gpu: row.gpucount === undefined ? undefined : [row.vgpuprofilename, Number(row.gpucount)],
    isHa: row.haenable,
    priority: priority ?? "medium",
    groups: ((row.affinitygroup ?? []) as Row[]).map(({ name }) => String(name)).sort(),
  };
}

/** A Ceph pool by its name there, other primary storage by its own. */
function poolName({ type, path, name }: Row): string {
  return type === "RBD" ? String(path).replace(/^\//, "") : String(name);
}

function guestOf({ userdata }: Row) {
  const text = Buffer.from(String(userdata), "base64").toString();
  const [, hostname] = /^hostname: (.+)$/m.exec(text) ?? [];
  const [, zone] = /^timezone: (.+)$/m.exec(text) ?? [];
  return { hostname, timezone: zone };
}

/** @param prefix First part of the platform's names, as in `strata-tenant-a`. */
export function expectedMachines(required: RequiredProfile, prefix: string): Record<string, unknown> {
  const groupsOf = (machine: string) =>
    Object.entries(required.groups)
      .filter(([, { machines }]) => machines.includes(machine))
      .map(([name]) => name)
      .sort();
  return Object.fromEntries(
    Object.entries(required.machines).map(([name, machine]) => {
      const { vcpus, memoryGib, tenant, nics, gpu, diskGib = defaultRootGib, data, priority = "medium" } = machine;
      const account = tenant === undefined ? "admin" : `${prefix}-tenant-${tenant}`;
      const disk = (size: number, pool = primary) => ({ gib: size, pool, account });
      const expected = {
        state: "Running",
        vcpus,
        memoryGib,
        account,
        nics: nics.map((nic) => nicOf(nic, required)),
        gpu,
        isHa: gpu === undefined,
        priority,
        groups: groupsOf(name),
        root: [disk(diskGib)],
        data: data === undefined ? [] : [disk(...data)],
        hostname: name,
        timezone,
      };
      return [name, expected];
    }),
  );
}

/** An address that the requirements leave open lies in its VLAN's network; on layer 2 CloudStack knows none. */
function nicOf(nic: RequiredMachine["nics"][number], { vlans }: RequiredProfile) {
  const [vlan, fixed] = typeof nic === "number" ? [nic] : nic;
  const open = vlan === 60 ? undefined : expect.stringMatching(inside(vlans[vlan] ?? ""));
  return { vlan: `vlan://${vlan}`, address: fixed ?? open };
}

/** Matches the host addresses of the upper or lower half of a /24, or of all of it. */
function inside(cidr: string): RegExp {
  const [, net = "", first = "", prefix = ""] = /^(\d+\.\d+\.\d+)\.(\d+)\/(24|25)$/.exec(cidr) ?? [];
  const span = prefix === "24" ? 256 : 128;
  const hosts = Array.from({ length: span - 2 }, (_, index) => Number(first) + 1 + index);
  return new RegExp(`^${net.replaceAll(".", "\\.")}\\.(${hosts.join("|")})$`);
}

/** Every affinity group by name, with its type and its members. */
export async function deployedGroups(cloud: Cloud): Promise<RequiredProfile["groups"]> {
  const names = new Map((await cloud.list("listVirtualMachines")).map(({ id, name }) => [id, String(name)]));
  const rows = await cloud.list("listAffinityGroups");
  return Object.fromEntries(
    rows.map(({ name, type, virtualmachineIds }) => {
      const machines = ((virtualmachineIds ?? []) as string[]).map((id) => names.get(id) ?? id).sort();
      return [name, { type, machines }];
    }),
  );
}

/** Pools that a stack made in Ceph, as the embedded cluster's inventory has them. */
export function deployedPools(inventory: unknown, before: unknown): Record<string, unknown> {
  const { pools, crushRules } = inventory as Record<string, Row[]>;
  const seeded = new Set(((before as Record<string, Row[]>).pools ?? []).map(({ name }) => name));
  const classOf = new Map(crushRules?.map(({ name, deviceClass }) => [name, deviceClass]));
  const made = (pools ?? []).filter(({ name }) => !seeded.has(name) && !/^cephfs\..*\.meta$/.test(String(name)));
  return Object.fromEntries(
    made.map(({ name, type, size, quotaBytes, rule, options }) => {
      const { compression_algorithm: compression } = (options ?? {}) as Row;
      return [name, { gib: Number(quotaBytes) / gib, deviceClass: classOf.get(rule), type, size, compression }];
    }),
  );
}

export function expectedPools({ pools, shared = {} }: RequiredProfile): Record<string, unknown> {
  const blocks = Object.entries(pools).map(
    ([name, [size, deviceClass]]) => [name, { gib: size, deviceClass }] as const,
  );
  return Object.fromEntries(
    [...blocks, ...Object.entries(shared)].map(([name, pool]) => {
      const { gib: size, deviceClass, compression, erasure } = { compression: undefined, erasure: undefined, ...pool };
      const copies = erasure === undefined ? 3 : erasure[0] + erasure[1];
      const type = erasure === undefined ? "replicated" : "erasure";
      return [name, { gib: size, deviceClass, type, size: copies, compression }];
    }),
  );
}
