import { devicesOf, domainsOf } from "../../../provider/ceph/crush.ts";
import { storedThings } from "../../../src/plan/stored.ts";
import type { CephCheck } from "../exam.ts";
import { blocking, ok, type Result } from "../finding.ts";
import { some } from "../remedies.ts";

/** Whether each class of devices is on as many hosts as copies and chunks need: a pool on fewer never becomes healthy. */
export const domains: CephCheck = {
  name: "ceph-domains",
  async ask({ ceph, plan }) {
    const devices = await devicesOf(ceph);
    const placed = storedThings(plan).flatMap(({ deviceClass, ...thing }) =>
      deviceClass ? [{ ...thing, deviceClass }] : [],
    );
    const kinds = Map.groupBy(placed, ({ deviceClass, redundancy }) => `${redundancy} on ${deviceClass}`);
    return [...kinds].map(([kind, things]): Result => {
      const [first] = things;
      const hosts = domainsOf(devices, { domain: "host", deviceClass: first?.deviceClass });
      const needed = first?.domains ?? 0;
      const asked = `hosts for ${kind}`;
      const requirement = "P6.1";
      if (hosts.length >= needed) return ok(asked, `${hosts.length}, ${needed} needed`, { requirement });
      const isCode = first?.redundancy.startsWith("erasure") === true;
      return blocking({
        asked,
        value: `${hosts.length}: ${some(hosts)}`,
        rule: `${needed} hosts with running ${first?.deviceClass} devices, for ${some(things.map(({ name }) => name))}`,
        remedy: `${isCode ? "a smaller erasure code in storage.pools" : "storage.copies"} (strata:overrides), or add hosts with such devices`,
        requirement,
      });
    });
  },
};
