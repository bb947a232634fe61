import { defaultSeed, type Seed } from "../emulator/cloudstack/seed.ts";

/** demo-cpu with its three tenants replaced by `tenants` equal ones of `machines` each, and a cloud that has room for them. */
export function manyTenants(tenants: number, machines: number): { overrides: unknown; seed: Seed } {
  const numbers = Array.from({ length: tenants }, (_, index) => index + 1);
  const made = Object.fromEntries(numbers.map((number) => [`t${number}`, tenant(number, machines)]));
  const [host] = defaultSeed.hosts;
  if (host === undefined) throw new Error("the default seed has no host");
  const hosts = Array.from({ length: Math.ceil((tenants * machines) / 10) }, (_, index) => ({
    ...host,
    name: `host${index + 1}`,
    ip: `172.16.${16 + Math.floor(index / 200)}.${(index % 200) + 10}`,
  }));
  return {
    overrides: {
      infrastructure: { hosts: { host: null } },
      network: { tenants: { cidr: "10.0.128.0/17" } },
      tenants: { a: null, b: null, c: null, ...made },
    },
    seed: {
      ...defaultSeed,
      hosts,
      settings: { "vpc.max.networks": String(tenants + 10) },
      primaryStorage: defaultSeed.primaryStorage.map((pool) => ({ ...pool, sizeGib: 1 << 20 })),
    },
  };
}

/** VLANs above the dynamic range, one /24 of the upper half of the VPC each. */
function tenant(number: number, machines: number): unknown {
  const names = Array.from({ length: machines }, (_, index) => `t${number}-data-${String(index + 1).padStart(2, "0")}`);
  return {
    name: `Tenant ${number}`,
    dataClass: "sensitive",
    vlan: 1000 + number,
    cidr: `10.0.${127 + number}.0/24`,
    storage: "100 GiB",
    machines: names.map((name) => ({
      name,
      roles: ["data"],
      cpus: 1,
      memory: "2 GiB",
      data: { size: "10 GiB", folders: ["/data/raw"] },
    })),
  };
}
