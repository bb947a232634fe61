import { integer, list, number, object, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import type { Client } from "../client/client.ts";
import { osdsOf } from "../crush.ts";
import { gibOf } from "../units.ts";

const sizes = {
  totalGib: number({ doc: "Raw space in GiB, before copies." }),
  usedGib: number({ doc: "Raw space in use, in GiB." }),
  availableGib: number({ doc: "Raw space left, in GiB." }),
} as const;

const outputs = {
  ...sizes,
  deviceClasses: list(
    object(
      "DeviceClass",
      { name: text({ doc: "ssd, hdd or nvme." }), osds: integer({ doc: "Devices that are in use." }), ...sizes },
      {},
    ),
    { doc: "The same for each class of devices." },
  ),
} as const;

export const getCapacity = defineFunction<Client, Record<never, never>, typeof outputs>({
  token: "ceph:cluster:getCapacity",
  doc: "Raw space, as a whole and by class of devices. Devices that are out do not count.",
  inputs: {},
  outputs,

  async call(context) {
    const osds = (await osdsOf(context)).filter((osd) => Number(osd.in) === 1);
    const classes = Map.groupBy(osds, ({ tree }) =>
      String((tree as { device_class?: string } | undefined)?.device_class ?? ""),
    );
    const deviceClasses = [...classes.entries()]
      .map(([name, members]) => ({ name, osds: members.length, ...sumOf(members) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return { ...sumOf(osds), deviceClasses };
  },
});

function sumOf(osds: readonly Readonly<Record<string, unknown>>[]) {
  const bytes = (name: string) =>
    osds.reduce((sum, { stats }) => sum + Number((stats as Record<string, unknown> | undefined)?.[name] ?? 0), 0);
  const [total, used] = [bytes("stat_bytes"), bytes("stat_bytes_used")];
  return { totalGib: gibOf(total) ?? 0, usedGib: gibOf(used) ?? 0, availableGib: gibOf(total - used) ?? 0 };
}
