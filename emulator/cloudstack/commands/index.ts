import { capabilityCommands } from "./capabilities.ts";
import { capacityCommands } from "./capacity.ts";
import type { Command } from "./command.ts";
import { configurationCommands } from "./configurations.ts";
import { diskOfferingCommands } from "./disk-offerings.ts";
import { hostCommands } from "./hosts.ts";
import { jobCommands } from "./jobs.ts";
import { limitCommands } from "./limits.ts";
import { serviceOfferingCommands } from "./service-offerings.ts";
import { storagePoolCommands } from "./storage-pools.ts";
import { zoneCommands } from "./zones.ts";

/** Every implemented command. A family of commands is one line here. */
const families: readonly (readonly Command[])[] = [
  jobCommands,
  capabilityCommands,
  zoneCommands,
  hostCommands,
  capacityCommands,
  storagePoolCommands,
  limitCommands,
  serviceOfferingCommands,
  diskOfferingCommands,
  configurationCommands,
];

const byName = new Map(families.flat().map((command) => [command.name, command]));

/** The implemented command of this name; case matters. */
export function findCommand(name: string): Command | undefined {
  return byName.get(name);
}

/** All implemented commands by name. */
export function implementedCommands(): readonly Command[] {
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
