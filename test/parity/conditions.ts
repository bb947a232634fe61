/**
 * What the replay has to know about the recorded server: what was there before the first call, how it was set up, and
 * where an answer cannot be repeated. Every deviation is named here with its reason; nothing else is passed over.
 */

/** Things that were there before the first recorded call, found by name on ours. */
export const seeded = [
  { recorded: "6cf0c327-6d89-40f6-a845-1400a5547320", command: "listZones", name: "zone1" },
  {
    recorded: "4d64554d-e56c-11f1-acd2-02fc00000001",
    command: "listTemplates",
    params: { templatefilter: "all" },
    name: "CentOS 5.6 (64-bit) no GUI (Simulator)",
  },
  { recorded: "b8c081a7-705a-47b8-ae2b-41679cbf8dc8", command: "listVPCOfferings", name: "Default VPC offering" },
  {
    recorded: "88cd16fe-0bbc-4e45-b9a1-75f01dbb5fdb",
    command: "listNetworkOfferings",
    name: "DefaultL2NetworkOfferingVlan",
  },
  { recorded: "14c2df30-dccb-4ff5-90d4-34a7c1937fe6", command: "listClusters", name: "c0" },
] as const satisfies readonly {
  recorded: string;
  command: string;
  params?: Readonly<Record<string, string>>;
  name: string;
}[];

/** Settings of the recorded server that its answers depend on. */
export const settings = [
  {
    name: "vpc.max.networks",
    value: "10",
    reason: "recording 03 puts four tiers into one VPC; the default allows three",
  },
  {
    name: "expunge.delay",
    value: "30",
    reason: "recording 12: an instance in Error no longer holds its tier after 38 s",
  },
  { name: "cpu.overprovisioning.factor", value: "20", cluster: true, reason: "details of every started instance" },
  { name: "mem.overprovisioning.factor", value: "30", cluster: true, reason: "details of every started instance" },
] as const satisfies readonly { name: string; value: string; cluster?: boolean; reason: string }[];

/** Calls that the emulator cannot repeat, and what is called instead so that the answers after them still hold. */
export const standIns: readonly { call: string; params: Readonly<Record<string, string>>; reason: string }[] = [
  {
    call: "09-gpu[19]",
    params: { serviceofferingid: "40b45278-0ada-4eef-ba13-252706160458" },
    reason: "an instance that no host can take is left in Error on the tier: without GPUs it is one that is too large",
  },
];

/** Commands of the recordings that the emulator refuses; GPUs are left for later. */
export const unsupportedCommands: ReadonlySet<string> = new Set([
  "createGpuCard",
  "createProject",
  "createStoragePool",
  "createVgpuProfile",
  "deleteGpuCard",
  "deleteVgpuProfile",
  "discoverGpuDevices",
  "listGpuCards",
  "listGpuDevices",
  "listVgpuProfiles",
  "updateVgpuProfile",
]);

/** Whether the emulator cannot repeat this call: the command is refused, or it works on what a refused one made. */
export function isUnsupported(id: string, { command }: { readonly command: string }): boolean {
  return unsupportedCommands.has(command) || (id.startsWith("09-") && !standIns.some(({ call }) => call === id));
}

/** Places where our answer differs from the recorded one for a reason that lies in the recorded server. */
export const knownDifferences: readonly { call: string; path: RegExp; reason: string }[] = [];
