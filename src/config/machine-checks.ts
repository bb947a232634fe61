import { addressIn, servingRange } from "../plan/addresses.ts";
import { contains, formatAddress, formatCidr, isHostOf } from "../plan/cidr.ts";
import { lengthProblem, tenantName } from "../plan/names.ts";
import type { Facts, MachineFacts, ZoneFacts } from "./facts.ts";
import { type Check, type Finding, repeated } from "./network-checks.ts";

const namesOnce: Check = ({ machines }) =>
  repeated(machines, ({ name }) => name).map(({ thing }) => ({
    at: [...thing.at, "name"],
    rule: "two machines have this name; host names are unique in the whole VPC",
  }));

/** What was another machine, or its data, can be only one now, and that other one is no more. */
const formerOnce: Check = ({ machines }) =>
  [
    { field: ["formerly"], of: ({ formerly }: MachineFacts) => formerly, isThere: () => true },
    {
      field: ["data", "formerly"],
      of: ({ data }: MachineFacts) => data?.formerly,
      isThere: ({ data }: MachineFacts) => data !== undefined,
    },
  ].flatMap(({ field, of, isThere }) => {
    const present = new Set(machines.filter(isThere).map(({ name }) => name));
    const inUse = machines.filter((machine) => present.has(of(machine) ?? ""));
    const twice = repeated(machines, of).map(({ thing }) => thing);
    const rule = "the name of a machine that is no more, named once";
    return [...new Set([...inUse, ...twice])].map(({ at }): Finding => ({ at: [...at, ...field], rule }));
  });

/** The zones that a machine stands in, as far as they exist. */
function zonesOf({ zones }: Facts, { tenantZone, zones: keys = [] }: MachineFacts): ZoneFacts[] {
  if (tenantZone !== undefined) return [tenantZone];
  return keys.flatMap((key) => zones.find((zone) => zone.tenant === undefined && zone.key === key) ?? []);
}

const zonesExist: Check = (facts) => {
  const known = facts.zones.flatMap(({ tenant, key }) => (tenant === undefined && key !== undefined ? [key] : []));
  return facts.machines.flatMap(({ at, zones = [] }) =>
    zones.flatMap((key, index): Finding[] => {
      const place = [...at, "zones", index];
      if (!known.includes(key)) return [{ at: place, rule: `a zone of network.zones: ${known.join(", ")}` }];
      return zones.indexOf(key) < index ? [{ at: place, rule: "a machine has one card in a zone" }] : [];
    }),
  );
};

const firstZoneIsTier: Check = (facts) =>
  facts.machines.flatMap((machine) => {
    const [first] = zonesOf(facts, machine);
    if (first?.kind !== "l2") return [];
    const rule = "the first zone of a machine is a tier: a layer-2 zone has no router to bring user data and addresses";
    return [{ at: [...machine.at, "zones", 0], rule, remedy: "name a tier first" }];
  });

const gatewaysAtTheEdge: Check = (facts) =>
  facts.machines.flatMap((machine) => {
    const [first] = zonesOf(facts, machine);
    if (!machine.roles?.includes("gateway") || first === undefined || first.publicLoadBalancing === true) return [];
    return [{ at: [...machine.at, "zones", 0], rule: "a gateway's first zone is the one with publicLoadBalancing" }];
  });

/** Behind the platform's public address somebody answers (P4.1). */
const somebodyAnswers: Check = ({ machines }) => {
  const edge = machines.filter(({ at }) => at[0] === "edge");
  if (edge.length === 0 || edge.some(({ roles }) => roles === undefined || roles.includes("gateway"))) return [];
  const rule = "at least one machine with the role gateway: the public address leads to these, and to no others";
  return [{ at: ["edge", "machines"], rule, remedy: "keep or add a gateway" }];
};

const fixedAddressesInZones: Check = (facts) =>
  facts.machines.flatMap((machine) => {
    const zones = zonesOf(facts, machine).flatMap(({ cidr }) => cidr ?? []);
    if (zones.length === 0) return [];
    return (machine.addresses ?? []).flatMap((address, index): Finding[] => {
      const at = [...machine.at, "addresses", index];
      const home = zones.find((zone) => isHostOf(zone, address));
      if (home === undefined) {
        const rule = `a host address in a zone of the machine: ${zones.map(formatCidr).join(", ")}`;
        return [{ at, rule, remedy: "the network's, the router's (first) and the broadcast address are taken" }];
      }
      const earlier = machine.addresses?.slice(0, index).find((other) => isHostOf(home, other));
      if (earlier !== undefined) {
        const rule = `a machine has one address in a zone; in ${formatCidr(home)} it has ${formatAddress(earlier)} already`;
        return [{ at, rule, remedy: "take one of the two out" }];
      }
      if (machine.tenantZone === undefined || machine.roles === undefined) return [];
      const serving = servingRange(home);
      const serves = machine.roles.includes("serve");
      if (serves === contains(serving, { base: address, prefix: 32 })) return [];
      const rule = `${formatCidr(serving)} is for serving machines, and for these only: the edge may reach it (P1.5)`;
      return [{ at, rule }];
    });
  });

const addressesOnce: Check = (facts) => {
  const taken = new Map<string, MachineFacts>();
  return facts.machines.flatMap((machine) => {
    const { name, roles, addresses, at } = machine;
    if (name === undefined || roles === undefined || addresses === undefined) return [];
    return zonesOf(facts, machine).flatMap(({ cidr, at: zone }): Finding[] => {
      if (cidr === undefined) return [];
      const address = addressIn(cidr, { name, roles, addresses });
      const remedy = "give the machine a fixed address under addresses";
      if (address === undefined) {
        const rule = `the address that follows from role and number lies outside ${formatCidr(cidr)}`;
        return [{ at: [...at, "name"], rule, remedy }];
      }
      // Within the zone: where two zones overlap, that is the mistake to report.
      const place = `${zone.join(".")} ${address}`;
      const other = taken.get(place);
      taken.set(place, other ?? machine);
      if (other === undefined || other.name === name) return [];
      return [{ at: [...at, "name"], rule: `${other.name} has the address ${formatAddress(address)} already`, remedy }];
    });
  });
};

const foldersOnce: Check = ({ machines }) =>
  machines.flatMap(({ at, data }) =>
    repeated([...(data?.folders.entries() ?? [])], ([, folder]) => folder).map(({ thing: [index] }) => ({
      at: [...at, "data", "folders", index],
      rule: "a folder is named once",
    })),
  );

const tenantZones: Check = ({ tenants }) =>
  tenants.flatMap(({ at, absent, machines }): Finding[] => {
    if (absent.length === 2 && machines.length === 0) return [];
    const rule = "required: vlan and cidr are the zone that a tenant's machines stand in";
    return absent.map((field) => ({ at: [...at, field], rule, remedy: "give both, or neither and no machines" }));
  });

const tenantsAlone: Check = ({ tenants }) =>
  tenants.flatMap(({ machines }) =>
    machines.flatMap(({ at, gpu }): Finding[] => {
      if (gpu === undefined || gpu.mode === "vgpu" || gpu.mode === "mig") return [];
      const why =
        gpu.mode === "timeSlicing" ? "time slices do not keep memory apart" : "whole cards are the platform's";
      const rule = `a tenant's share of a card is vgpu or mig: ${why} (P5.1)`;
      return [{ at: [...at, "gpu", "mode"], rule, remedy: "write vgpu" }];
    }),
  );

const serversWhereAllowed: Check = ({ tenants, tenantsServe }) =>
  tenants.flatMap(({ machines }) =>
    machines.flatMap(({ at, roles }): Finding[] => {
      if (tenantsServe !== false || !roles?.includes("serve")) return [];
      const rule = "tenants of this profile run no models of their own: network.tenants.serve is false";
      return [{ at: [...at, "roles"], rule, remedy: "take serve out, or set network.tenants.serve to true" }];
    }),
  );

const poolsExist: Check = ({ machines, blockPools }) =>
  machines.flatMap(({ at, data, tenantZone }): Finding[] => {
    if (data?.pool === undefined) return [];
    if (tenantZone !== undefined) {
      const rule = "a tenant's data lies in the tenant's own pool, which nobody else's user reaches (P1.3)";
      return [{ at: [...at, "data", "pool"], rule, remedy: "take pool out" }];
    }
    if (blockPools.includes(data.pool)) return [];
    const known = blockPools.length === 0 ? "there is none" : blockPools.join(", ");
    return [{ at: [...at, "data", "pool"], rule: `the key of a block pool of storage.pools: ${known}` }];
  });

const dataWithinQuota: Check = ({ tenants }) =>
  tenants.flatMap(({ at, storage, machines }) => {
    const used = sum(machines, ({ data }) => data?.size);
    if (storage === undefined || used <= storage) return [];
    const rule = `the quota holds the machines' data volumes, ${used} GiB together (P1.4)`;
    return [{ at: [...at, "storage"], rule, remedy: "raise the quota or shrink the volumes" }];
  });

const watchedHosts: Check = ({ hostHa, cluster }) => {
  if (!hostHa || cluster !== undefined) return [];
  const rule = "infrastructure.cluster says which cluster's hosts are watched; without it none is";
  return [{ at: ["infrastructure", "hostHa"], rule, remedy: "write cluster: all, or take hostHa out" }];
};

/** Who answers for a tenant's model is a shared inference machine (P4.3). */
const fallbacksAnswer: Check = ({ tenants, machines }) => {
  const inference = machines.flatMap(({ name, roles }) => (name !== undefined && roles?.includes("infer") ? name : []));
  return tenants.flatMap(({ at, fallback }): Finding[] => {
    if (fallback === undefined || inference.includes(fallback)) return [];
    const known = inference.length === 0 ? "there is none" : inference.join(", ");
    return [{ at: [...at, "fallback"], rule: `the name of a machine with the role infer: ${known}` }];
  });
};

const burstAboveDedicated: Check = ({ tenants }) =>
  tenants.flatMap(({ at, gpu }): Finding[] => {
    if (gpu?.burst === undefined || gpu.burst >= gpu.dedicated) return [];
    const rule = `at least the ${gpu.dedicated} GiB that are the tenant's at any time: what it may borrow comes on top`;
    return [{ at: [...at, "gpu", "burst"], rule, remedy: "raise burst, or take it out" }];
  });

const limitsHoldMachines: Check = ({ tenants }) =>
  tenants.flatMap(({ at, limits = {}, machines }) => {
    const needs = {
      machines: machines.length,
      cpus: sum(machines, ({ cpus }) => cpus),
      memory: sum(machines, ({ memory }) => memory),
    };
    return (["machines", "cpus", "memory"] as const).flatMap((kind): Finding[] => {
      const limit = limits[kind];
      if (limit === undefined || limit >= needs[kind]) return [];
      const need = `${needs[kind]}${kind === "memory" ? " GiB" : ""}`;
      return [
        { at: [...at, "limits", kind], rule: `the tenant's own machines need ${need}`, remedy: "raise the limit" },
      ];
    });
  });

/** The longest names are built here as `physicalName` builds them later. */
const namesFit: Check = ({ platformName, zones, tenants }) => {
  if (platformName === undefined) return [];
  const offering = lengthProblem("networkOffering", `${platformName}-tier-public`);
  const findings: Finding[] = offering === undefined ? [] : [{ at: ["platform", "name"], rule: offering }];
  for (const { at, key } of zones.filter(({ tenant }) => tenant === undefined)) {
    const rule = lengthProblem("network", `${platformName}-${key ?? ""}`);
    if (rule !== undefined) findings.push({ at: [...at, "key"], rule });
  }
  for (const { at, key = "" } of tenants) {
    const rule = lengthProblem("account", `${platformName}-${tenantName(key)}`);
    if (rule !== undefined) findings.push({ at: [...at, "key"], rule });
  }
  return findings;
};

function sum<T>(things: readonly T[], pick: (thing: T) => number | undefined): number {
  return things.reduce((total, thing) => total + (pick(thing) ?? 0), 0);
}

export const machineChecks: readonly Check[] = [
  namesOnce,
  formerOnce,
  zonesExist,
  firstZoneIsTier,
  gatewaysAtTheEdge,
  somebodyAnswers,
  fixedAddressesInZones,
  addressesOnce,
  foldersOnce,
  tenantZones,
  tenantsAlone,
  serversWhereAllowed,
  poolsExist,
  dataWithinQuota,
  watchedHosts,
  fallbacksAnswer,
  burstAboveDedicated,
  limitsHoldMachines,
  namesFit,
];
