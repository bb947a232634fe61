import { interpolate, type Output } from "@pulumi/pulumi";
import { formatGib } from "./kit/units.ts";
import { shareName } from "./plan/gpu-share.ts";
import type { Plan } from "./plan/plan.ts";

type Secrets = { apiToken?: Output<string>; dataKey?: Output<string> };

interface Built {
  publicAddress: Output<string>;
  enclaves: readonly Secrets[];
  /** Opens the encrypted volumes of the platform's own machines. */
  platformKey: Output<string> | undefined;
}

/** What the stack tells the world: plain records that read as tables. Ids stay inside. */
export function outputsOf(plan: Plan, { publicAddress, enclaves, platformKey }: Built) {
  const apiTokens = secretsOf(plan, enclaves, "apiToken");
  const dataKeys = { ...secretsOf(plan, enclaves, "dataKey"), ...(platformKey && { platform: platformKey }) };
  return {
    endpoints: endpointsOf(plan, publicAddress),
    tenants: tenantsOf(plan),
    machines: machinesOf(plan),
    totals: totalsOf(plan),
    ...(Object.keys(apiTokens).length > 0 && { apiTokens }),
    ...(Object.keys(dataKeys).length > 0 && { dataKeys }),
  };
}

/** Where to knock. */
function endpointsOf({ edge }: Plan, publicAddress: Output<string>) {
  const { port } = edge.entrance;
  return { "public API": { address: publicAddress, port, url: interpolate`https://${publicAddress}` } };
}

/** Each tenant with its network and its machines. */
function tenantsOf({ tenants }: Plan) {
  const rows = tenants.map(({ name, displayName, accountName, zone, machines }) => [
    name,
    {
      name: displayName,
      domain: accountName,
      ...(zone && { vlan: zone.vlan, network: zone.cidr }),
      machines: machines.map((machine) => machine.name),
    },
  ]);
  return Object.fromEntries(rows);
}

/** A secret of each tenant that has it: its token for the platform's API (O1), the key of its volumes (P1.6). */
function secretsOf(
  { tenants }: Plan,
  enclaves: readonly Secrets[],
  kind: keyof Secrets,
): Record<string, Output<string>> {
  const found = tenants.flatMap(({ name }, index) => {
    const secret = enclaves[index]?.[kind];
    return secret === undefined ? [] : [[name, secret] as const];
  });
  return Object.fromEntries(found);
}

/** Each machine with its layer, its size and its addresses by zone. */
function machinesOf({ tenants, gate, sharedAi, edge }: Plan) {
  const layers = [
    ...tenants.map(({ name, machines }) => ({ layer: name, machines })),
    { layer: "quality gate", machines: gate.machines },
    { layer: "shared AI", machines: sharedAi.machines },
    { layer: "service edge", machines: edge.machines },
  ];
  const rows = layers.flatMap(({ layer, machines }) =>
    machines.map(({ name, cpus, memoryGib, gpu, legs, data }) => [
      name,
      {
        layer,
        vcpus: cpus,
        memory: formatGib(memoryGib),
        ...(gpu && { gpu: `${gpu.count} × ${shareName(gpu)}` }),
        addresses: legs.map(({ zone, address }) => `${address} (${zone})`),
        data: data === undefined ? "" : formatGib(data.sizeGib),
      },
    ]),
  );
  return Object.fromEntries(rows);
}

/** The sums by layer and in all, and the design document's beside them. */
function totalsOf({ totals, totalsByLayer, documentTotals }: Plan) {
  return { ...totalsByLayer, "in all": totals, ...(documentTotals && { "design document": documentTotals }) };
}
