/**
 * Where the API departs from its own pattern. Each entry names the recording or source that proves it; facts of the wire that a
 * single file owns (signing, envelopes) are told there.
 */

/** Commands that only read. Everything else changes something and is never repeated without a thought. */
export function isRead(command: string): boolean {
  return /^(list|get|query|find)/.test(command);
}

/**
 * Changes that may be sent twice: the second one finds the work done, or an error that its caller takes for success.
 * Not in it: everything that creates (create…, deploy…, associate…, register…, add…, assign…), and attachVolume, which refuses
 * a volume that it has just attached (recording 07).
 */
export function isRepeatable(command: string): boolean {
  return (
    isRead(command) ||
    /^(update|delete|destroy|expunge|stop|start|scale|disable|enable|lock|replace|reset)/.test(command)
  );
}

/** Objects of one kind are listed with these parameters, or rows are missing. */
export const LIST_SCOPE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Without it the answer does not carry the user data, and a change made by hand would not be seen (api-4.22.json).
  listVirtualMachines: { userdata: "true" },
  // A deleted offering is not gone but Inactive, and shown only on request (recording 13, the last listServiceOfferings).
  listServiceOfferings: { state: "all" },
  listDiskOfferings: { state: "all" },
  // Only administrators may ask for all (reference §1.7).
  listTemplates: { templatefilter: "all" },
};

/** The list commands in use that know no `listall`: there is one list for everybody (api-4.22.json). */
const ONE_LIST = new Set([
  "listAffinityGroupTypes",
  "listApis",
  "listCapabilities",
  "listCapacity",
  "listClusters",
  "listConfigurations",
  "listHosts",
  "listLoadBalancerRuleInstances",
  "listNetworkOfferings",
  "listNics",
  "listOsTypes",
  "listPhysicalNetworks",
  "listPods",
  "listRolePermissions",
  "listRoles",
  "listStoragePools",
  "listVPCOfferings",
  "listVlanIpRanges",
  "listZones",
]);

/** The parameters that make a list show everything the keys may see, not only the caller's own (recording 04, listNetworks). */
export function scopeOf(command: string): Record<string, string> {
  return { ...(ONE_LIST.has(command) ? {} : { listall: "true" }), ...LIST_SCOPE[command] };
}

/** `tags[0].key=a&tags[0].value=b` (recording 06, createTags). */
export function tagParameters(tags: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    pairs.flatMap(([key, value], i) => [
      [`tags[${i}].key`, key],
      [`tags[${i}].value`, value],
    ]),
  );
}

/** `details[0].a=b&details[0].c=d`: all entries under index 0 (recording 06, deployVirtualMachine and updateVirtualMachine). */
export function detailParameters(name: string, details: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(details).map(([key, value]) => [`${name}[0].${key}`, value]));
}

/** `iptonetworklist[0].networkid=…&iptonetworklist[1].networkid=…`: one index for each object (recording 06). */
export function indexedParameters(
  name: string,
  items: readonly Readonly<Record<string, string | undefined>>[],
): Record<string, string> {
  return Object.fromEntries(
    items.flatMap((item, i) =>
      Object.entries(item).flatMap(([key, value]) => (value === undefined ? [] : [[`${name}[${i}].${key}`, value]])),
    ),
  );
}
