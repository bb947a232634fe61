import { id, list, object, text } from "../../core/fields.ts";
import { defineFunction } from "../../core/resource.ts";
import { isObject } from "../../core/values.ts";
import type { Client, Row } from "../client/client.ts";
import { assignments } from "../hostdevice/devices.ts";
import { configuredIn } from "../hostdevice/xml.ts";
import { canonicalPci } from "../pci.ts";

const assignment = object(
  "DeviceAssignmentInfo",
  {
    instanceId: id("compute:Instance", {}),
    instanceName: text({ doc: "Name of the instance." }),
    networkNames: list(text({}), {
      doc: "Networks that it stands in: names of instances are not unique, whole servers wide.",
    }),
    hostName: text({ doc: "Name of the host whose devices they are." }),
    busAddresses: list(text({}), { doc: "PCI addresses, in full." }),
  },
  {},
);

const inputs = {
  instanceNames: list(text({ min: 1 }), {
    optional: true,
    set: true,
    doc: "Only instances of these names. Default: all.",
  }),
} as const;

const outputs = {
  assignments: list(assignment, { doc: "One for each instance and host, by name of the instance." }),
} as const;

export const getDeviceAssignments = defineFunction<Client, typeof inputs, typeof outputs>({
  token: "cloudstack:gpu:getDeviceAssignments",
  doc:
    "Which instance has been given which PCI devices of which host, on ABLESTACK Mold (getApis tells whether there is " +
    "listVmDeviceAssignments). Told by what is written down, so also while a host is down. For administrators.",
  inputs,
  outputs,

  async call(context, { instanceNames }) {
    // Without user data, of which there can be megabytes.
    const rows = await context.api.list("listVirtualMachines", { listall: true, userdata: false }, context);
    const holders = rows
      .filter(({ name }) => instanceNames === undefined || instanceNames.includes(String(name)))
      // Only instances with devices among their details are asked for.
      .filter((row) => [...configuredIn(row).values()].some((addresses) => addresses.length > 0));
    const found = await Promise.all(
      holders.map(async (row) => {
        const own = await assignments(context, String(row.id));
        const byHost = Map.groupBy(own, ({ hostname }) => String(hostname));
        return [...byHost].map(([hostName, devices]) => ({
          instanceId: String(row.id),
          instanceName: String(row.name),
          networkNames: networksOf(row),
          hostName,
          busAddresses: devices.map(({ hostdevicesname }) => canonicalPci(String(hostdevicesname))).sort(),
        }));
      }),
    );
    return { assignments: found.flat().sort((a, b) => (a.instanceName < b.instanceName ? -1 : 1)) };
  },
});

function networksOf({ nic }: Row): string[] {
  const nics = Array.isArray(nic) ? nic.filter(isObject) : [];
  return nics.map((one) => String(Reflect.get(one, "networkname")));
}
