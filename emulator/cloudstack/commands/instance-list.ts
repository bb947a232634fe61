import { invalid } from "../models/errors.ts";
import type { Instance, InstanceState } from "../models/instance.ts";
import { networksOf, nicsOf } from "../models/instances.ts";
import { defined } from "../models/values.ts";
import { type Call, type Command, listing, sync } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { allDetails, type Detail, instanceFields, oneNicFields } from "./instance-fields.ts";
import { existingInstance } from "./instance-target.ts";
import { boolean, list, listParameters, map, ref, required, scopeParameters, text } from "./parameters.ts";
import { visibleAccounts } from "./scope.ts";
import { hasTags } from "./tag-fields.ts";

const parameters = {
  ...listParameters,
  ...scopeParameters,
  id: ref("instances"),
  ids: list,
  name: text,
  state: text,
  affinitygroupid: ref("affinityGroups"),
  details: list,
  displayvm: boolean,
  gpuenabled: boolean,
  haenable: boolean,
  hostid: ref("hosts"),
  hypervisor: text,
  keypair: text,
  networkid: ref("networks"),
  serviceofferingid: ref("serviceOfferings"),
  tags: map,
  templateid: ref("templates"),
  userdata: boolean,
  userdataid: ref("userData"),
  userid: ref("users"),
  vpcid: ref("vpcs"),
  zoneid: ref("zones"),
};
type ListCall = Call<typeof parameters>;

const listVirtualMachines = listing({
  name: "listVirtualMachines",
  audience: "user",
  parameters,
  reply: "virtualmachine",
  rows(call) {
    const { tables, args } = call;
    const accounts = visibleAccounts({ ...call, args: { ...args, id: args.id ?? args.ids } });
    // What is not asked for is not compared: an unfiltered page is asked of thousands of instances.
    const wanted = defined({
      id: args.id?.id,
      haEnabled: args.haenable,
      displayVm: args.displayvm,
      hostId: args.hostid?.id,
      hypervisor: args.hypervisor,
      offeringId: args.serviceofferingid?.id,
      templateId: args.templateid?.id,
      userDataId: args.userdataid?.id,
      userId: args.userid?.id,
      zoneId: args.zoneid?.id,
    });
    return tables.instances
      .only(args.id)
      .filter(
        (instance) =>
          accounts.has(instance.accountId) &&
          fits(instance, wanted) &&
          hasState(instance, args.state) &&
          (args.ids === undefined || args.ids.includes(instance.uuid)) &&
          (args.name === undefined || mentions(args.name, instance.name, instance.displayName)) &&
          (args.keyword === undefined ||
            mentions(args.keyword, instance.name, instance.displayName, instance.instanceName)) &&
          isConnected(call, instance) &&
          hasGpu(call, instance) &&
          (args.affinitygroupid === undefined || instance.affinityGroupIds.includes(args.affinitygroupid.id)) &&
          (args.keypair === undefined || instance.keyPairs.includes(args.keypair)) &&
          (args.tags === undefined || hasTags(tables, "UserVm", instance, args.tags)),
      );
  },
  render(instance, call) {
    const fields = instanceFields(instance, call, detailsOf(call.args.details));
    return call.args.userdata ? { ...fields, userdata: instance.userData } : fields;
  },
});

const gone: readonly InstanceState[] = ["Destroyed", "Expunging"];

/** `present` is every state but Destroyed and Expunging. */
function hasState({ state }: Instance, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  if (wanted.toLowerCase() === "present") return !gone.includes(state);
  return state.toLowerCase() === wanted.toLowerCase();
}

function isConnected(call: ListCall, instance: Instance): boolean {
  const { networkid, vpcid } = call.args;
  if (networkid === undefined && vpcid === undefined) return true;
  return networksOf(call.world, instance).some((network) => fits(network, { id: networkid?.id, vpcId: vpcid?.id }));
}

function hasGpu({ tables, args }: ListCall, { offeringId }: Instance): boolean {
  if (args.gpuenabled === undefined) return true;
  return args.gpuenabled === (tables.serviceOfferings.need(offeringId).vgpuProfileId !== undefined);
}

const all = "all";
const minimum = "min";
/** Accepted by the real server, but without fields of their own here. */
const empty = ["backoff", "iso"];

function detailsOf(wanted: readonly string[] | undefined): ReadonlySet<Detail> {
  if (wanted === undefined || wanted.includes(all)) return allDetails;
  const names = wanted.filter((name) => name !== minimum && !empty.includes(name));
  const unknown = names.find((name) => !allDetails.has(name as Detail));
  if (unknown !== undefined) {
    throw invalid(
      `The details parameter contains a non permitted value. The allowed values are [${[all, ...allDetails, minimum]}]`,
    );
  }
  return new Set(names as Detail[]);
}

const listNics = listing({
  name: "listNics",
  audience: "user",
  parameters: {
    ...listParameters,
    virtualmachineid: required(ref("instances")),
    nicid: ref("nics"),
    networkid: ref("networks"),
  },
  reply: "nic",
  rows(call) {
    const instance = existingInstance(call, call.args.virtualmachineid);
    const wanted = { id: call.args.nicid?.id, networkId: call.args.networkid?.id };
    return nicsOf(call, instance).filter((nic) => fits(nic, wanted));
  },
  render: (nic, call) => ({
    ...oneNicFields(nic, call.args.virtualmachineid, call),
    virtualmachineid: call.args.virtualmachineid.uuid,
  }),
});

const getVirtualMachineUserData = sync({
  name: "getVirtualMachineUserData",
  audience: "user",
  parameters: { virtualmachineid: required(ref("instances")) },
  reply: "virtualmachineuserdata",
  run(call) {
    const instance = existingInstance(call, call.args.virtualmachineid);
    return { virtualmachineid: instance.uuid, userdata: instance.userData };
  },
});

export const instanceListCommands: readonly Command[] = [listVirtualMachines, listNics, getVirtualMachineUserData];
