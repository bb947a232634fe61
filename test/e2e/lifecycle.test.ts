import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deployedGroups, deployedMachines, expectedMachines } from "../requirements/deployed.ts";
import { type RequiredProfile, requirements } from "../requirements/profiles.ts";
import { Cloud, type Row } from "../support/cloud.ts";
import { EngineStack, type Run } from "../support/engine.ts";
import { denials, limits, machines, planned, platform, zones } from "./demo-cpu.ts";

let cloud: Cloud;
let stack: EngineStack;
let seeded: Awaited<ReturnType<Cloud["inventory"]>>;
const runs: Run[] = [];

beforeAll(async () => {
  cloud = await Cloud.start();
  stack = new EngineStack({ env: cloud.env, passphrase: true });
  seeded = await cloud.inventory();
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
});

/** Runs an operation that must succeed, with the calls that it made. */
async function run(operation: "preview" | "up" | "refresh" | "destroy") {
  await cloud.forgetCalls();
  const result = await stack[operation]();
  runs.push(result);
  expect(result.text).not.toMatch(/warning|error:/i);
  expect(result.code).toBe(0);
  return { ...result, calls: (await cloud.calls()).byCommand };
}

const reads = /^(list|get|query)/;
const mutating = (calls: Record<string, number>) => Object.keys(calls).filter((command) => !reads.test(command));

test("a preview from nothing plans exactly what the documents say, and changes nothing", async () => {
  const { changes, steps, calls } = await run("preview");
  expect(Object.keys(steps)).toEqual(["create"]);
  expect(namesByType(changes)).toEqual(sorted(planned));
  expect(mutating(calls)).toEqual([]);
  expect(await cloud.inventory()).toEqual(seeded);
});

test("up creates just that", async () => {
  const { changes, steps } = await run("up");
  expect(Object.keys(steps)).toEqual(["create"]);
  expect(namesByType(changes)).toEqual(sorted(planned));
});

describe("what was deployed", () => {
  test("has every machine of P8 with its size, owner, cards, high availability and tags", async () => {
    const rows = await cloud.list("listVirtualMachines");
    expect(Object.fromEntries(rows.map((row) => [row.name, machineOf(row)]))).toEqual(
      Object.fromEntries(
        Object.entries(machines).map(([name, { vcpus, memoryGib, tenant, layer, nics }]) => [
          name,
          {
            state: "Running",
            vcpus,
            memoryMib: memoryGib * 1024,
            mhz: 2000,
            template: "Ubuntu 22.04",
            isHa: true,
            owner: ownerOf(tenant),
            nics: nics.map(([vlan, address]) => ({ vlan: `vlan://${vlan}`, address })),
            // demo-cpu has no replicas that would have to be kept apart.
            affinity: [],
            tags: tagsOf(layer, tenant),
          },
        ]),
      ),
    );
  });

  test("has nothing else of its machines than the requirements say, disks in the zone's own storage and groups among it", async () => {
    const required = requirements["demo-cpu"] as RequiredProfile;
    expect(await deployedMachines(cloud)).toEqual(expectedMachines(required, platform.prefix));
    expect(await deployedGroups(cloud)).toEqual(required.groups);
  });

  test("has every data volume at its machine, with its owner, and root disks of 20 GiB", async () => {
    const rows = await cloud.list("listVolumes");
    const volumes = rows.map((row) => [
      row.type === "ROOT" ? `${row.vmname} root` : row.name,
      { at: row.vmname, gib: Number(row.size) / 2 ** 30, owner: `${row.domain}/${row.account}` },
    ]);
    expect(Object.fromEntries(volumes)).toEqual(
      Object.fromEntries(
        Object.entries(machines).flatMap(([name, { tenant, dataGib }]) => {
          const common = { at: name, owner: ownerOf(tenant) };
          const root = [`${name} root`, { ...common, gib: 20 }];
          return dataGib === undefined ? [root] : [root, [`${name}-data`, { ...common, gib: dataGib }]];
        }),
      ),
    );
  });

  test("tells every guest its name, its time zone, its further addresses and its data folders, and to export metrics", async () => {
    for (const row of await cloud.list("listVirtualMachines", { userdata: "true" })) {
      const name = String(row.name);
      const text = Buffer.from(String(row.userdata), "base64").toString();
      const { folders = [], guestAddress = "" } = machines[name] ?? {};
      const told = ["#cloud-config", `hostname: ${name}`, "timezone: Asia/Seoul", "prometheus-node-exporter"];
      const missing = [...told, guestAddress, ...folders].filter((word) => !text.includes(word));
      expect({ name, missing }).toEqual({ name, missing: [] });
    }
  });

  test("has the VLAN zones of P7, each tenant's in the tenant's hands", async () => {
    const rows = await cloud.list("listNetworks");
    expect(
      Object.fromEntries(
        rows.map((row) => [
          row.name,
          { vlan: Number(row.vlan), cidr: row.cidr, owner: `${row.domain}/${row.account}`, vpc: row.vpcname },
        ]),
      ),
    ).toEqual(
      Object.fromEntries(
        Object.entries(zones).map(([name, { vlan, cidr, tenant }]) => [
          name,
          { vlan, cidr, owner: ownerOf(tenant), vpc: cidr === undefined ? undefined : platform.prefix },
        ]),
      ),
    );
  });

  test("lets through what the documents allow, and denies the rest in both directions", async () => {
    const networks = await cloud.list("listNetworks");
    for (const [name, { allows }] of Object.entries(zones)) {
      if (allows === undefined) continue;
      const tier = networks.find((row) => row.name === name);
      expect(tier?.aclname).toBe(name);
      const rules = await cloud.list("listNetworkACLs", { aclid: String(tier?.aclid) });
      const lines = rules.sort((a, b) => Number(a.number) - Number(b.number)).map(ruleLine);
      expect({ [name]: lines }).toEqual({ [name]: [...allows, ...denials] });
    }
  });

  test("keeps every tenant within its share, on the account and on the domain", async () => {
    for (const [key, expected] of Object.entries(limits)) {
      const account = `${platform.prefix}-tenant-${key}`;
      const domain = await cloud.find("listDomains", account);
      for (const scope of [{}, { account }]) {
        const rows = await cloud.rows("listResourceLimits", { domainid: domain.id, ...scope });
        const allowed = Object.fromEntries(rows.map((row) => [row.resourcetypename, row.max]));
        expect({ key, scope, ...allowed }).toMatchObject({ key, scope, ...expected });
      }
      const cannot = cloud.by("deployVirtualMachine", {
        ...(await likeMachine(`ai-${key}-ml-01`)),
        account,
        domainid: domain.id,
      });
      await expect(cannot).rejects.toThrow(/maximum .*resource.*(limit|exceeded)/i);
    }
  });

  test("can be entered from outside through the gateway's port 443 only", async () => {
    const addresses = (await cloud.list("listPublicIpAddresses")).filter(({ issourcenat }) => issourcenat !== true);
    expect(addresses).toHaveLength(1);
    const rules = await cloud.list("listLoadBalancerRules");
    expect(rules.map(({ publicip, publicport, privateport }) => ({ publicip, publicport, privateport }))).toEqual([
      { publicip: addresses[0]?.ipaddress, publicport: "443", privateport: "443" },
    ]);
    const members = await cloud.rows("listLoadBalancerRuleInstances", { id: String(rules[0]?.id) });
    expect(members.map(({ name }) => name)).toEqual(["ai-gateway-01"]);
    expect(await cloud.list("listPortForwardingRules")).toEqual([]);
  });
});

test("the stack's outputs say where to knock, who has what, and how the sums compare with the document's", async () => {
  const outputs = JSON.parse((await stack.pulumi("stack", "output", "--stack", stack.name, "--json")).text);
  const [address] = (await cloud.list("listPublicIpAddresses")).filter(({ issourcenat }) => issourcenat !== true);
  expect(outputs.endpoints["public API"]).toMatchObject({ address: address?.ipaddress, port: 443 });
  expect(outputs.totals).toMatchObject({
    "in all": { vms: 11, vcpus: 24, memoryGiB: 76, gpuCards: 0 },
    "design document": { vms: 12, vcpus: 24, memoryGiB: 76, gpuCards: 0 },
  });
  expect(outputs.tenants["tenant-a"]).toMatchObject({ vlan: 20, machines: ["ai-a-ml-01", "ai-a-data-01"] });
  expect(Object.keys(outputs.machines).sort()).toEqual(Object.keys(machines).sort());
});

test("a preview of what was just deployed shows no change and calls nothing that changes", async () => {
  const { changes, calls } = await run("preview");
  expect(changes).toEqual([]);
  expect(mutating(calls)).toEqual([]);
});

/** Lists that have a scope: one call for each. Every other list serves all of its kind. */
const scopes: Record<string, number> = {
  // Three domains and three accounts.
  listResourceLimits: 6,
};

test("a refresh finds no drift, with one call for each list and scope", async () => {
  const { drift, steps, calls } = await run("refresh");
  expect(steps.refresh).toBeGreaterThan(50);
  expect(drift).toEqual([]);
  expect(mutating(calls)).toEqual([]);
  const tooMany = Object.entries(calls).filter(([command, count]) => count > (scopes[command] ?? 1));
  expect(tooMany).toEqual([]);
});

test("every resource hangs under the layer and the part that it belongs to", async () => {
  const { deployment } = await stack.exportState();
  const resources = deployment.resources ?? [];
  const chains = new Map<string, Set<string>>();
  for (const { urn, type } of resources) {
    const [pkg, , kind = ""] = type.split(":");
    if (pkg !== "cloudstack" && pkg !== "random") continue;
    const chain = parents(resources, urn).join(" < ");
    chains.set(chain, (chains.get(chain) ?? new Set()).add(kind));
  }
  const found = [...chains].map(([chain, kinds]) => [chain, [...kinds].sort()]);
  expect(Object.fromEntries(found)).toEqual({
    Catalogue: ["DiskOffering", "NetworkOffering", "Role", "ServiceOffering"],
    PlatformNetwork: ["Vpc"],
    "Zone < PlatformNetwork": ["Network", "NetworkAclList"],
    TenantEnclave: ["Account", "Domain", "RandomPassword", "ResourceLimits"],
    "Zone < TenantEnclave": ["Network", "NetworkAclList"],
    "Machines < TenantEnclave": ["Instance", "Volume"],
    "Machines < QualityGate": ["Instance", "Volume"],
    "Machines < SharedGpuPool": ["Instance", "Volume"],
    "Machines < ServiceEdge": ["Instance"],
    ServiceEdge: ["LoadBalancerRule", "PublicIp"],
  });
});

test("no secret is in plain text in the state, in the events or on the console", async () => {
  const state = JSON.stringify(await stack.exportState());
  const shown = JSON.parse((await stack.pulumi("stack", "export", "--stack", stack.name, "--show-secrets")).text);
  const passwords = secretsIn(shown);
  expect(passwords.length).toBeGreaterThanOrEqual(3);
  const texts: Record<string, string> = { state };
  for (const [index, { text, events }] of runs.entries()) {
    texts[`console of run ${index}`] = text;
    texts[`events of run ${index}`] = shownEvents(events);
  }
  for (const secret of [...passwords, cloud.env.CLOUDSTACK_SECRET_KEY ?? "missing"]) {
    const leaks = Object.keys(texts).filter((place) => texts[place]?.includes(secret));
    expect({ leaks, hint: secret.slice(0, 3) }).toEqual({ leaks: [], hint: secret.slice(0, 3) });
  }
});

test("destroy leaves the cloud exactly as it was before", async () => {
  const { steps } = await run("destroy");
  expect(Object.keys(steps)).toEqual(["delete"]);
  expect(await cloud.inventory()).toEqual(seeded);
});

function namesByType(changes: Run["changes"]): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  for (const { type, name } of changes) {
    names[type] ??= [];
    names[type].push(name);
  }
  return sorted(names);
}

function sorted(names: Record<string, string[]>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(names).map(([type, list]) => [type, [...list].sort()]));
}

function ownerOf(tenant: string | undefined): string {
  if (tenant === undefined) return `${platform.domain}/${platform.account}`;
  const name = `${platform.prefix}-tenant-${tenant}`;
  return `${name}/${name}`;
}

function tagsOf(layer: string, tenant: string | undefined): Record<string, string> {
  const common = { env: "demo", layer, owner: "platform-admin", "data-class": "sensitive" };
  return tenant === undefined ? common : { ...common, tenant };
}

function machineOf(row: Row) {
  return {
    state: row.state,
    vcpus: row.cpunumber,
    memoryMib: row.memory,
    mhz: row.cpuspeed,
    template: row.templatename,
    isHa: row.haenable,
    owner: `${row.domain}/${row.account}`,
    nics: (row.nic as Row[]).map(({ broadcasturi, ipaddress }) => ({ vlan: broadcasturi, address: ipaddress })),
    affinity: row.affinitygroup,
    tags: Object.fromEntries((row.tags as Row[]).map(({ key, value }) => [key, value])),
  };
}

/** `number [deny] in|out protocol [port] cidrs`. */
function ruleLine(row: Row): string {
  expect(row.endport).toBe(row.startport);
  return [
    row.number,
    ...(row.action === "Allow" ? [] : ["deny"]),
    row.traffictype === "Ingress" ? "in" : "out",
    row.protocol,
    ...(row.startport === undefined ? [] : [row.startport]),
    String(row.cidrlist).split(",").sort().join(","),
  ].join(" ");
}

/** What it takes to deploy one more machine like this one, somewhere in the same network. */
async function likeMachine(name: string): Promise<Record<string, string>> {
  const row = await cloud.find("listVirtualMachines", name);
  const [nic] = row.nic as Row[];
  return {
    name: `${name}-more`,
    zoneid: String(row.zoneid),
    templateid: String(row.templateid),
    serviceofferingid: String(row.serviceofferingid),
    networkids: String(nic?.networkid),
  };
}

interface Resource {
  urn: string;
  type: string;
  parent?: string;
}

/** Types of the components above, the nearest one first. */
function parents(resources: readonly Resource[], urn: string): string[] {
  const parent = resources.find((resource) => resource.urn === urn)?.parent;
  const above = resources.find((resource) => resource.urn === parent);
  if (above === undefined || above.type === "pulumi:pulumi:Stack") return [];
  return [above.type.split(":")[2] ?? "", ...parents(resources, above.urn)];
}

/** The events without Pulumi's own debug messages, which quote whole requests and which nobody sees without `--debug`. */
function shownEvents(file: string): string {
  const events = readFileSync(file, "utf8").split("\n");
  return events.filter((event) => !event.includes('"severity":"debug"')).join("\n");
}

/** The plain texts behind every secret of a state. */
function secretsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  if ("plaintext" in value && typeof value.plaintext === "string") {
    const text: unknown = JSON.parse(value.plaintext);
    return typeof text === "string" ? [text] : [];
  }
  return Object.values(value).flatMap(secretsIn);
}
