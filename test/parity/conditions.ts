/**
 * What the replay has to know about the recorded server: what was there before the first call, how it was set up, and
 * where an answer cannot be repeated. Every deviation is named here with its reason; nothing else is passed over.
 */

type Params = Readonly<Record<string, string>>;

/** Things that were there before the first recorded call, found by name on ours. */
export const seeded: readonly { recorded: string; command: string; params?: Params; name: string }[] = [
  { recorded: "6cf0c327-6d89-40f6-a845-1400a5547320", command: "listZones", name: "zone1" },
  { recorded: "14c2df30-dccb-4ff5-90d4-34a7c1937fe6", command: "listClusters", name: "c0" },
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
  { recorded: "7c07ec9b-a3c6-3466-ab5a-f5669ead0b22", command: "listStoragePools", name: "ps0" },
  { recorded: "89902e09-7098-3615-abe2-e6f03e99cf60", command: "listStoragePools", name: "rec-rbd-39668" },
  { recorded: "a4924b78-7b2d-4a3e-b22d-11d58dbe8dd4", command: "listOsTypes", name: "Ubuntu 22.04 LTS" },
];

/** What was done on the recorded server before; `$cluster` is the id of its cluster. */
export const before: readonly { command: string; params: Params; reason: string }[] = [
  {
    command: "updateConfiguration",
    params: { name: "expunge.delay", value: "30" },
    reason: "recording 12: after 38 s an instance in Error no longer holds its tier, after 25 s one still does",
  },
  {
    command: "updateConfiguration",
    params: { name: "cpu.overprovisioning.factor", value: "20", clusterid: "$cluster" },
    reason: "started instances show the factor as it was set",
  },
  {
    command: "updateConfiguration",
    params: { name: "mem.overprovisioning.factor", value: "30", clusterid: "$cluster" },
    reason: "started instances show the factor as it was set",
  },
  {
    command: "registerSSHKeyPair",
    params: {
      name: "rec-key-of-an-earlier-run",
      publickey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIVkrDbfNlXk1TMuMoZCN1w2o0UQSmVfQwdP1t0aYxqE x",
    },
    reason: "recording 11: the account has this key already",
  },
];

/** Commands of the recordings that the emulator refuses. */
export const unsupportedCommands: ReadonlySet<string> = new Set(["createProject"]);

const used = "counts what else is on the recorded server";

/** Places where our answer differs from the recorded one for a reason that lies in the recorded server. */
export const knownDifferences: readonly { call: string; path: RegExp; reason: string }[] = [
  {
    call: "01-protocol[11]",
    path: /kubernetesserviceenabled$/,
    reason: "says what is there: the Kubernetes service is not emulated",
  },
  {
    call: "02-identity-limits[2]",
    path: /domain\[0\]\.(bucket|objectstorage)(limit|available)$/,
    reason: "the recorded server answers 20 and 400 here, Unlimited in recording 13; ours is as in 13",
  },
  {
    call: "08-limits-capacity[11]",
    path: /capacity\[(0|1|3|4|5|10)\]\.(capacityallocated|capacityused|percentused)$/,
    reason: used,
  },
  { call: "08-limits-capacity[11]", path: /capacity\[8\]\.capacitytotal$/, reason: used },
  { call: "08-limits-capacity[12]", path: /host\[0\]\.name$/, reason: "hosts have the names that they were given" },
  {
    call: "07-volumes[5]",
    path: /snapshotpolicy\.storage\[0\]\.(id|name)$/,
    reason: "among the pools with room a real server draws lots",
  },
  ...["09-gpu[9]", "09-gpu[10]", "09-gpu[15]"].map((call) => ({
    call,
    path: /virtualmachine(\[0\])?\.(nic\[0\]\.)?ipaddress$/,
    reason: "a real server draws lots among the free addresses of a tier, ours takes the first",
  })),
  { call: "11-settings[4]", path: /storagepool\[[01]\]\.disksizeallocated$/, reason: used },
];
