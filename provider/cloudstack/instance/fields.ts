/** What an instance is described by. */
import { boolean, id, integer, list, map, oneOf, text } from "../../core/fields.ts";
import { formats } from "../../core/formats.ts";
import type { Row } from "../client/client.ts";
import { owner, tags, word } from "../fields.ts";
import { flatParams } from "../wire.ts";
import { rootDiskOf, settingsOf } from "./details.ts";
import { nicsInput, nicsOutput } from "./nics.ts";

export const inputs = {
  name: text({
    min: 1,
    max: 63,
    format: formats.hostName,
    onChange: "stops",
    doc: "Host name, unique in its networks' domain.",
  }),
  displayName: text({ optional: true, serverChooses: true, doc: "Shown to users. Default: the name." }),
  zoneId: id("infrastructure:Zone", { onChange: "replace" }),
  serviceOfferingId: id("compute:ServiceOffering", { onChange: "stops" }),
  templateId: id("compute:Template", { onChange: "replace" }),
  hypervisor: text({
    optional: true,
    serverChooses: true,
    onChange: "replace",
    doc: "KVM, VMware, … Default: the template's.",
  }),
  nics: nicsInput,
  userData: text({
    optional: true,
    onRemoved: "stops",
    // The API takes 1 MiB of it in base64.
    max: 786_432,
    param: "userdata",
    encode: (plain) => Buffer.from(plain).toString("base64"),
    decode: ({ userdata, userdataid }) =>
      typeof userdata === "string" && userdataid === undefined ? Buffer.from(userdata, "base64").toString() : undefined,
    doc: "User data for cloud-init, as plain text. A change is there for the next start; most guests heed only their first.",
  }),
  userDataId: id("compute:UserData", {
    optional: true,
    onRemoved: "stops",
    doc: "Id of registered user data, instead of `userData`.",
  }),
  userDataDetails: map(text({}), {
    optional: true,
    onRemoved: "stops",
    from: false,
    encode: (details) => flatParams("userdatadetails", details),
    doc: "Values for the parameters that the user data declares.",
  }),
  affinityGroupIds: list(id("compute:AffinityGroup", {}), {
    optional: true,
    set: true,
    onChange: "stops",
    decode: ({ affinitygroup }) => (Array.isArray(affinitygroup) ? affinitygroup.map(({ id }: Row) => String(id)) : []),
    doc: "Ids of the affinity groups it belongs to, of its own account.",
  }),
  keyPairs: list(word(), {
    optional: true,
    set: true,
    onChange: "stops",
    doc: "Names of SSH key pairs of its account. Guests take over a change only with password and key support. They can be exchanged, and not be taken away.",
  }),
  details: map(text({}), {
    optional: true,
    onChange: "stops",
    encode: (details) => flatParams("details", details),
    decode: settingsOf,
    doc: "Further settings, such as rootDiskController; cpuNumber, cpuSpeed (MHz) and memory (MiB) of a custom offering. Only these are managed.",
  }),
  rootDiskSizeGib: integer({
    optional: true,
    // What it has grown to, it keeps.
    serverChooses: true,
    min: 1,
    param: "rootdisksize",
    decode: rootDiskOf,
    unit: "GiB",
    onChange: "stops",
    doc: "Size of the root disk; it can only grow. Default: the offering's or the template's.",
  }),
  hostId: id("infrastructure:Host", {
    optional: true,
    from: false,
    onChange: "ignored",
    doc: "Id of the host to start it on first (administrators only). It may be moved later.",
  }),
  // Taken away, it goes into a group without a name (`addInstanceToGroup` makes one): there is no call that leaves none.
  group: text({ optional: true, cleared: "", doc: "Name of a group for display." }),
  haEnabled: boolean({
    optional: true,
    serverChooses: true,
    param: false,
    from: "haenable",
    doc: "Restart it elsewhere when its host fails; needs an offering with `offerHa`. Default: as the offering says.",
  }),
  deleteProtection: boolean({
    optional: true,
    serverChooses: true,
    param: false,
    from: "deleteprotection",
    doc: "The server refuses to destroy it; set to false first.",
  }),
  dynamicScalingEnabled: boolean({
    optional: true,
    cleared: true,
    // The server shows what comes of it together with its own setting enable.dynamic.scale.vm.
    from: false,
    doc: "It may be scaled while it runs, where offering, hypervisor and settings allow. Default: true.",
  }),
  state: oneOf(["Running", "Stopped"], {
    default: "Running",
    param: false,
    // One that is only Starting counts as Stopped: whoever wants it running has to wait for it.
    decode: ({ state }) => (state === "Running" || state === "Migrating" ? "Running" : "Stopped"),
    doc: "Whether it shall run. One stopped, or destroyed and not yet expunged, by hand is started again.",
  }),
  ...owner,
  tags,
} as const;

const stopping = ["name", "serviceOfferingId", "affinityGroupIds", "keyPairs", "details", "rootDiskSizeGib", "state"];

export const outputs = {
  nics: nicsOutput,
  ipAddress: text({ optional: true, changesWith: ["nics"], doc: "Address of the default leg." }),
  instanceName: text({ optional: true, doc: "Name at the hypervisor (for administrators)." }),
  currentHostId: text({
    optional: true,
    from: "hostid",
    changesWith: [...stopping, "nics"],
    doc: "Id of the host it runs on (for administrators); none while it is stopped.",
  }),
  gpuCount: integer({
    optional: true,
    changesWith: ["serviceOfferingId"],
    doc: "How many GPUs, or shares of one, its offering gives it.",
  }),
  gpuCardName: text({ optional: true, changesWith: ["serviceOfferingId"], doc: "Name of its GPU card." }),
  vgpuProfileName: text({
    optional: true,
    changesWith: ["serviceOfferingId"],
    doc: "Name of the card's profile that it has; `passthrough` is the whole card.",
  }),
  password: text({
    optional: true,
    secret: true,
    from: false,
    doc: "First password, of templates that have one set; told once.",
  }),
} as const;
