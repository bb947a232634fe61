import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { Cloud } from "../support/cloud.ts";
import { EngineStack, type Run } from "../support/engine.ts";

let cloud: Cloud;
let stack: EngineStack;

// Every test leaves the stack deployed as its overrides say, and the next one starts from there.
beforeAll(async () => {
  cloud = await Cloud.start();
  stack = new EngineStack({ env: cloud.env });
  const [physicalNetwork] = await cloud.rows("listPhysicalNetworks");
  stack.overrides = { infrastructure: { physicalNetworkId: physicalNetwork?.id } };
  succeeded(await stack.up());
});

afterAll(async () => {
  stack.remove();
  await cloud.close();
});

function succeeded(run: Run): Run {
  expect(run.text).not.toContain("error:");
  expect(run.code).toBe(0);
  return run;
}

test("the physical network that a site names is that of its layer-2 segment, and of nothing else", async () => {
  const { deployment } = await stack.exportState();
  const networks = (deployment.resources ?? []).filter(({ type }) => type === "cloudstack:network:Network");
  const named = networks.filter(({ inputs }) => inputs?.physicalNetworkId !== undefined);
  const segment = await cloud.find("listNetworks", "strata-demo-gpu-storage");
  expect(named.map(({ id, inputs }) => [id, inputs?.physicalNetworkId])).toEqual([
    [segment.id, segment.physicalnetworkid],
  ]);
  expect(succeeded(await stack.preview("--refresh")).changes).toEqual([]);
});

const brief = (run: Run) => run.changes.map(({ op, type, name }) => `${op} ${type.split(":")[2]} ${name}`).sort();

test("tenants, zones and machines in another order are no change", async () => {
  const text = readFileSync(join(import.meta.dirname, "../../profiles/demo-cpu.yaml"), "utf8");
  const profile = parse(text);
  for (const list of [
    profile.tenants,
    profile.network.zones,
    ...profile.tenants.map(({ machines }: { machines: unknown[] }) => machines),
    profile.sharedAi.machines,
    profile.edge.machines,
  ]) {
    list.reverse();
  }
  const file = join(stack.folder, "reordered.yaml");
  writeFileSync(file, stringify(profile));
  stack.useProfile(file);
  const run = succeeded(await stack.preview());
  stack.useProfile("demo-cpu");
  expect(run.changes).toEqual([]);
  expect(run.steps.same).toBeGreaterThan(80);
});

const renamed = { tenants: { a: { name: "Suwon City" } } };
const resized = { edge: { machines: { "ai-router-01": { memory: "8 GiB" } } } };

test("a tenant's new display name is an update in place of the one text that shows it", async () => {
  stack.overrides = renamed;
  const run = succeeded(await stack.up());
  expect(run.changes).toMatchObject([{ op: "update", name: "tenant-a-tier", diff: { displayText: "update" } }]);
  expect((await cloud.find("listNetworks", "strata-demo-tenant-a")).displaytext).toBe("Suwon City");
});

test("a machine that does not start with its new size is not forgotten when the profile is set back", async () => {
  const before = await cloud.find("listVirtualMachines", "ai-router-01");
  stack.overrides = { ...renamed, ...resized };
  await cloud.fault("startVirtualMachine", { kind: "job-failure", text: "no power" });
  const failed = await stack.up();
  expect(failed.code).not.toBe(0);
  expect(failed.text).toMatch(/startVirtualMachine: no power/);
  expect(await cloud.find("listVirtualMachines", "ai-router-01")).toMatchObject({ state: "Stopped", memory: 8192 });

  stack.overrides = renamed;
  expect(brief(succeeded(await stack.up()))).toEqual(["update Instance ai-router-01"]);
  const { id, memory } = before;
  expect(await cloud.find("listVirtualMachines", "ai-router-01")).toMatchObject({ id, memory, state: "Running" });
  expect(succeeded(await stack.preview("--refresh")).changes).toEqual([]);
});

test("a machine's new size stops it, scales it and starts it; the preview says so, and nothing is replaced", async () => {
  const before = await cloud.find("listVirtualMachines", "ai-router-01");
  stack.overrides = { ...renamed, ...resized };

  const preview = succeeded(await stack.preview());
  expect(preview.changes).toMatchObject([
    { op: "update", name: "ai-router-01", diff: { serviceOfferingId: "update" } },
  ]);
  expect(preview.changes).toHaveLength(1);
  expect(preview.text).toMatch(/stops ai-router-01 and starts it again/);

  await cloud.forgetCalls();
  const run = succeeded(await stack.up());
  expect(brief(run)).toEqual(["update Instance ai-router-01"]);
  const { byCommand } = await cloud.calls();
  const mutating = Object.keys(byCommand).filter((command) => !/^(list|query|get)/.test(command));
  expect(mutating).toEqual(["scaleVirtualMachine", "startVirtualMachine", "stopVirtualMachine"]);

  const after = await cloud.find("listVirtualMachines", "ai-router-01");
  expect(after).toMatchObject({ id: before.id, state: "Running", memory: 8192, cpunumber: 2 });
  expect(after.nic).toMatchObject([{ ipaddress: "10.0.5.130" }]);
  expect(succeeded(await stack.preview("--refresh")).changes).toEqual([]);
});

const fourth = {
  name: "Village D",
  dataClass: "open",
  vlan: 23,
  cidr: "10.0.23.0/24",
  storage: "50 GiB",
  machines: [
    {
      name: "ai-d-ml-01",
      roles: ["train", "serve"],
      cpus: 2,
      memory: "8 GiB",
      data: { size: "20 GiB", folders: ["/models"] },
    },
  ],
};

test("a fourth tenant only creates, and taking it away leaves everything as it was", async () => {
  const before = await cloud.inventory();
  stack.overrides = { ...resized, tenants: { ...renamed.tenants, d: fourth } };
  const added = succeeded(await stack.up());
  expect(Object.keys(added.steps).sort()).toEqual(["create", "same"]);
  expect(brief(added)).toEqual(partsOf("create"));
  const machine = await cloud.find("listVirtualMachines", "ai-d-ml-01");
  expect(machine).toMatchObject({ state: "Running", account: "strata-demo-tenant-d" });

  stack.overrides = { ...renamed, ...resized };
  const removed = succeeded(await stack.up());
  expect(Object.keys(removed.steps).sort()).toEqual(["delete", "same"]);
  expect(brief(removed)).toEqual(partsOf("delete"));
  expect(await cloud.inventory()).toEqual(before);
});

/** What the fourth tenant consists of. */
function partsOf(op: string): string[] {
  return [
    "Account tenant-d",
    "Domain tenant-d",
    "Instance ai-d-ml-01",
    "Machines tenant-d",
    "Network tenant-d-tier",
    "NetworkAclList tenant-d-rules",
    "RandomPassword tenant-d",
    "ResourceLimits tenant-d-account",
    "ResourceLimits tenant-d-domain",
    "TenantEnclave tenant-d",
    "Volume ai-d-ml-01-data",
    "Zone tenant-d",
  ].map((part) => `${op} ${part}`);
}

test("one of the first tenants taken away takes only its own things along", async () => {
  const before = await cloud.inventory();
  stack.overrides = { ...resized, tenants: { ...renamed.tenants, b: null } };
  const preview = succeeded(await stack.preview());
  const run = succeeded(await stack.up());
  expect(Object.keys(run.steps).sort()).toEqual(["delete", "same"]);
  expect(run.changes.length).toBeGreaterThan(10);
  expect(run.changes.filter(({ name }) => !/^(tenant-b|ai-b-)/.test(name))).toEqual([]);
  expect(brief(preview)).toEqual(brief(run));

  const after = await cloud.inventory();
  const gone = Object.entries(before).map(([table, rows]) => {
    const left = new Map((after[table] ?? []).map((row) => [row.uuid, row]));
    // What stays is as it was.
    expect([...left.values()]).toEqual(rows.filter(({ uuid }) => left.has(uuid)));
    return [table, rows.filter(({ uuid }) => !left.has(uuid))] as const;
  });
  const namesGone = Object.fromEntries(gone.map(([table, rows]) => [table, rows.map(({ name }) => name).sort()]));
  expect(namesGone).toMatchObject({
    accounts: ["strata-demo-tenant-b"],
    domains: ["strata-demo-tenant-b"],
    instances: ["ai-b-data-01", "ai-b-ml-01"],
    networks: ["strata-demo-tenant-b"],
  });
});

/** The data volumes of all machines: which one, and at which machine of what name. */
async function disks(): Promise<Record<string, unknown>> {
  const rows = (await cloud.list("listVolumes")).filter(({ type }) => type === "DATADISK");
  return Object.fromEntries(rows.map(({ name, id, vmname, vmstate }) => [name, [id, vmname, vmstate]]));
}

const replaced = (run: Run) => run.changes.filter(({ op }) => op === "replace").map(({ name }) => name);

test("a tenant's other VLAN and addresses make its tier anew, and with it its machines; the data stays", async () => {
  stack.overrides = resized;
  succeeded(await stack.up());
  const before = await disks();
  const others = (await cloud.list("listVirtualMachines")).filter(({ name }) => !/^ai-a-/.test(String(name)));

  stack.overrides = { ...resized, tenants: { a: { vlan: 25, cidr: "10.0.25.0/24" } } };
  const preview = succeeded(await stack.preview());
  const run = succeeded(await stack.up());
  expect(replaced(run).sort()).toEqual(["ai-a-data-01", "ai-a-ml-01", "tenant-a-tier"]);
  expect(replaced(preview).sort()).toEqual(replaced(run).sort());

  expect(await cloud.find("listNetworks", "strata-demo-tenant-a")).toMatchObject({
    vlan: "25",
    cidr: "10.0.25.0/24",
  });
  const moved = await cloud.find("listVirtualMachines", "ai-a-data-01");
  expect(moved).toMatchObject({ state: "Running", nic: [{ ipaddress: "10.0.25.32" }] });
  expect(await disks()).toEqual(before);
  const machines = await cloud.list("listVirtualMachines");
  expect(machines).toEqual(expect.arrayContaining(others.map(({ id }) => expect.objectContaining({ id }))));
  expect(succeeded(await stack.preview("--refresh")).changes).toEqual([]);
});

test("another domain of the guests makes the VPC anew with all that stands in it; the data stays", async () => {
  const before = await disks();
  stack.overrides = { ...resized, platform: { networkDomain: "ai.example" } };
  succeeded(await stack.up());
  expect(await cloud.list("listVPCs")).toMatchObject([{ networkdomain: "ai.example" }]);
  const states = (await cloud.list("listVirtualMachines")).map(({ state }) => state);
  expect(states).toEqual(Array(11).fill("Running"));
  expect(await disks()).toEqual(before);
  expect(succeeded(await stack.preview("--refresh")).changes).toEqual([]);
});
