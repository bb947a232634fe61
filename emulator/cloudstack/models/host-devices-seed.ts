import type { Seed, SeedHost } from "../seed.ts";
import { stableUuid } from "./random.ts";
import { seededAt } from "./seeding.ts";
import type { World } from "./world.ts";

/** What `lspci` of each host shows: its GPUs, and what else the seed names. */
export function seedHostDevices({ tables }: World, seed: Seed): void {
  for (const seeded of seed.hosts) {
    const host = tables.hosts.find(({ name }) => name === seeded.name);
    if (host === undefined) continue;
    for (const { name, text } of devicesOf(seeded)) {
      const uuid = stableUuid(`host-device/${host.name}/${name}`);
      tables.hostDevices.insert({ uuid, created: seededAt, hostId: host.id, name, text });
    }
  }
}

function devicesOf({ gpus = [], pciDevices = [] }: SeedHost): readonly { name: string; text: string }[] {
  const cards = gpus.map(({ address, vendorName, deviceName }) => ({
    name: `${address} 3D controller`,
    text: `${vendorName} ${deviceName}`,
  }));
  return [...cards, ...pciDevices].sort((a, b) => (a.name < b.name ? -1 : 1));
}
