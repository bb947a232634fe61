import { describe, expect, it } from "vitest";
import { listedAnywhere } from "../../emulator/cloudstack/api/listing.ts";
import { implementedCommands } from "../../emulator/cloudstack/commands/index.ts";

/** Types of the API's own listing that a declared kind stands for. */
const fitting: Readonly<Record<string, readonly string[]>> = {
  text: ["string", "uuid", "map"],
  integer: ["integer", "long", "short"],
  boolean: ["boolean"],
  date: ["date"],
  list: ["list", "string"],
  map: ["map"],
  ref: ["uuid", "string"],
  refs: ["list", "string", "uuid"],
};

/** Required here, optional there: the emulator does not implement the other way to say it. */
const narrower: Readonly<Record<string, string>> = {
  "createLoadBalancerRule.publicipid": "no address is picked for the caller",
  "createVolume.diskofferingid": "volumes are not made from snapshots",
  "createVolume.zoneid": "the zone is not taken from a snapshot",
  "updateVolume.id": "volumes are not found by path",
  "updateNetworkOffering.id": "no other way is documented",
};

describe.each(implementedCommands().map((command) => [command.name, command] as const))("%s", (name, command) => {
  const listed = listedAnywhere(name);

  it("is a command of CloudStack 4.22 or of Mold and runs as it does there", () => {
    expect(listed).toBeDefined();
    expect(command.kind.startsWith("async")).toBe(listed?.isAsync);
  });

  it("takes parameters that exist, with their types, and all required ones", () => {
    for (const [parameter, { kind, required }] of Object.entries(command.parameters)) {
      const real = listed?.parameters.get(parameter);
      expect(real, `${name} has no parameter ${parameter}`).toBeDefined();
      expect(fitting[kind], `${name}.${parameter} is ${kind}`).toContain(real?.type);
      const reason = narrower[`${name}.${parameter}`];
      expect(required, `${name}.${parameter} required`).toBe(real?.required || reason !== undefined);
    }
    const missing = [...(listed?.parameters.values() ?? [])].filter(
      (one) => one.required && !(one.name in command.parameters),
    );
    expect(missing).toEqual([]);
  });
});
