import { listedCommand } from "../api/listing.ts";
import { failBare } from "../models/errors.ts";
import { isAllowed } from "../models/roles.ts";
import { settingValue } from "../models/settings.ts";
import { type Command, listing, sync } from "./command.ts";
import { implementedCommands } from "./index.ts";
import { managementServer } from "./management.ts";
import { text } from "./parameters.ts";

/** By these a Mold server is known (ablestack-cloud, `CapabilitiesResponse`); for KVM it says "Cell". */
const moldOnly = {
  customhypervisordisplayname: "Cell",
  desktopserviceenabled: false,
  desktopworksportalport: "8080",
  automationserviceenabled: false,
  securityfeaturesenabled: false,
  disasterrecoveryenabled: false,
  balancingserviceenabled: false,
  eventdeleteenabled: false,
  host: "localhost",
};

const listCapabilities = sync({
  name: "listCapabilities",
  audience: "user",
  parameters: {},
  reply: "capability",
  run: ({ world }) => {
    const mayExpunge = settingValue(world, "allow.user.expunge.recover.vm") === "true";
    return {
      securitygroupsenabled: false,
      dynamicrolesenabled: true,
      cloudstackversion: managementServer.version,
      userpublictemplateenabled: true,
      supportELB: "false",
      projectinviterequired: false,
      allowusercreateprojects: true,
      customdiskofferingminsize: 1,
      customdiskofferingmaxsize: 1024,
      regionsecondaryenabled: false,
      kvmsnapshotenabled: true,
      allowuserviewdestroyedvm: mayExpunge,
      allowuserexpungerecovervm: mayExpunge,
      allowuserexpungerecovervolume: mayExpunge,
      allowuserviewalldomainaccounts: false,
      allowuserforcestopvm: true,
      kubernetesserviceenabled: false,
      kubernetesclusterexperimentalfeaturesenabled: false,
      customhypervisordisplayname: "Custom",
      defaultuipagesize: 20,
      instancesstatsretentiontime: 720,
      instancesstatsuseronly: false,
      instancesdisksstatsretentionenabled: false,
      instancesdisksstatsretentiontime: 720,
      sharedfsvmmincpucount: 2,
      sharedfsvmminramsize: 1024,
      instanceleaseenabled: false,
      extensionspath: "/usr/share/cloudstack-management/extensions",
      dynamicscalingenabled: settingValue(world, "enable.dynamic.scale.vm") === "true",
      additionalconfigenabled: settingValue(world, "enable.additional.vm.configuration") === "true",
      ...(world.flavor === "mold" ? moldOnly : {}),
    };
  },
});

/** What the emulator implements of CloudStack's commands and the caller may use; the parameters are those implemented. */
const listApis = listing({
  name: "listApis",
  audience: "user",
  parameters: { name: text },
  reply: "api",
  rows({ world, tables, caller, args }) {
    const offered = implementedCommands().filter(
      (one) =>
        listedCommand(one.name, world.flavor) !== undefined && isAllowed(tables, caller.role, one.name, one.audience),
    );
    if (args.name === undefined) return offered;
    const named = offered.filter((command) => command.name === args.name);
    if (named.length === 0) throw failBare(530, `Plugin service for api name ${args.name} not found`);
    return named;
  },
  render: ({ name, parameters }, { world }) => {
    const listed = listedCommand(name, world.flavor);
    return {
      name,
      isasync: listed?.isAsync ?? false,
      since: listed?.since,
      params: [...(listed?.parameters.values() ?? [])]
        .filter((parameter) => Object.hasOwn(parameters, parameter.name))
        .map(({ name: parameterName, type, length, required, since }) => ({
          name: parameterName,
          type,
          length: type === "string" ? length : undefined,
          required,
          since,
        })),
    };
  },
});

export const capabilityCommands: readonly Command[] = [listCapabilities, listApis];
