import { formatDate } from "../models/clock.ts";
import { invalid } from "../models/errors.ts";
import type { Nic, Router } from "../models/network.ts";
import { routerOfferingName } from "../models/offerings-seed.ts";
import { rangeOf } from "../models/public-addresses.ts";
import { stableUuid } from "../models/random.ts";
import { controlMac, removeRouter, systemNetworks } from "../models/routers.ts";
import { async, type Call, type Command, type JsonObject, listing } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { ownerFields } from "./owner-fields.ts";
import { boolean, listParameters, ref, required, scopeParameters, text } from "./parameters.ts";
import { visibleAccounts } from "./scope.ts";

const systemTemplateId = stableUuid("template/system");

function render(router: Router, call: Call): JsonObject {
  const { tables } = call;
  const zone = tables.zones.need(router.zoneId);
  const host = tables.hosts.get(router.hostId);
  const pod = tables.pods.get(host?.podId);
  const vpc = tables.vpcs.get(router.vpcId);
  const range =
    router.publicIp === undefined ? undefined : rangeOf(tables, { address: router.publicIp, zoneId: zone.id });
  const cards = tables.nics.where("routerId", router.id);
  return {
    id: router.uuid,
    zoneid: zone.uuid,
    zonename: zone.name,
    dns1: zone.dns1,
    networkdomain: vpc?.networkDomain ?? tables.networks.get(router.networkId)?.networkDomain,
    gateway: range?.gateway,
    name: router.name,
    podid: pod?.uuid,
    podname: pod?.name,
    hostid: host?.uuid,
    hostname: host?.name,
    ...(host === undefined ? {} : { hostcontrolstate: "Enabled" }),
    hypervisor: zone.hypervisor,
    linklocalip: router.linkLocalIp,
    linklocalmacaddress: controlMac(router),
    linklocalnetmask: "255.255.0.0",
    linklocalnetworkid: systemNetworks.control,
    ...(range === undefined
      ? {}
      : {
          publicip: router.publicIp,
          publicmacaddress: router.publicMac,
          publicnetmask: range.netmask,
          publicnetworkid: systemNetworks.public,
        }),
    ...guestFields(cards[0], call),
    templateid: systemTemplateId,
    templatename: `SystemVM Template (${zone.hypervisor === "Simulator" ? "simulator" : zone.hypervisor})`,
    created: formatDate(router.created),
    state: router.state,
    ...ownerFields(tables, router),
    serviceofferingid: tables.serviceOfferings.find(({ name }) => name === routerOfferingName)?.uuid,
    serviceofferingname: routerOfferingName,
    isredundantrouter: false,
    redundantstate: "UNKNOWN",
    version: "4.10.0",
    scriptsversion: stableUuid("scripts"),
    vpcid: vpc?.uuid,
    vpcname: vpc?.name,
    role: "VIRTUAL_ROUTER",
    nic: [controlCard(router), ...publicCard(router, call), ...cards.map((card) => guestCard(card, call))],
    requiresupgrade: false,
    healthchecksfailed: false,
    softwareversion: "4.22.0.0",
    arch: "x86_64",
    hasannotations: false,
  };
}

/** The first guest network stands for all of them. */
function guestFields(card: Nic | undefined, { tables }: Call): JsonObject {
  if (card === undefined) return {};
  const network = tables.networks.need(card.networkId);
  return {
    guestipaddress: card.ipAddress,
    guestmacaddress: card.macAddress,
    guestnetmask: network.netmask,
    guestnetworkid: network.uuid,
    guestnetworkname: network.name,
  };
}

function controlCard(router: Router): JsonObject {
  return {
    id: stableUuid(`${router.uuid}/control`),
    networkid: systemNetworks.control,
    netmask: "255.255.0.0",
    gateway: "169.254.0.1",
    ipaddress: router.linkLocalIp,
    traffictype: "Control",
    isdefault: false,
    macaddress: controlMac(router),
  };
}

function publicCard(router: Router, { tables }: Call): JsonObject[] {
  if (router.publicIp === undefined) return [];
  const range = rangeOf(tables, { address: router.publicIp, zoneId: router.zoneId });
  return [
    {
      id: stableUuid(`${router.uuid}/public`),
      networkid: systemNetworks.public,
      netmask: range?.netmask,
      gateway: range?.gateway,
      ipaddress: router.publicIp,
      isolationuri: `vlan://${range?.vlan}`,
      broadcasturi: `vlan://${range?.vlan}`,
      traffictype: "Public",
      isdefault: true,
      macaddress: router.publicMac,
      mtu: 1500,
    },
  ];
}

function guestCard(card: Nic, { tables }: Call): JsonObject {
  const network = tables.networks.need(card.networkId);
  const uri = `vlan://${network.vlan}`;
  return {
    id: card.uuid,
    networkid: network.uuid,
    networkname: network.name,
    netmask: network.netmask,
    gateway: network.gateway,
    ipaddress: card.ipAddress,
    isolationuri: uri,
    broadcasturi: uri,
    traffictype: "Guest",
    type: network.guestType,
    isdefault: card.isDefault,
    macaddress: card.macAddress,
    mtu: 1500,
  };
}

const listRouters = listing({
  name: "listRouters",
  audience: "domain-admin",
  parameters: {
    ...listParameters,
    ...scopeParameters,
    id: ref("routers"),
    name: text,
    state: text,
    forvpc: boolean,
    hostid: ref("hosts"),
    networkid: ref("networks"),
    vpcid: ref("vpcs"),
    zoneid: ref("zones"),
  },
  reply: "router",
  rows(call) {
    const { tables, args } = call;
    const accounts = visibleAccounts(call);
    const wanted = {
      id: args.id?.id,
      name: args.name,
      state: args.state,
      hostId: args.hostid?.id,
      vpcId: args.vpcid?.id,
      zoneId: args.zoneid?.id,
    };
    const serving =
      args.networkid && new Set(tables.nics.where("networkId", args.networkid.id).map((nic) => nic.routerId));
    return tables.routers.filter(
      (router) =>
        accounts.has(router.accountId) &&
        fits(router, wanted) &&
        (serving === undefined || serving.has(router.id)) &&
        (args.forvpc === undefined || (router.vpcId !== undefined) === args.forvpc) &&
        mentions(args.keyword, router.name),
    );
  },
  render,
});

/** What an operator does about a corrupted router: the next start in its VPC makes a new one. */
const destroyRouter = async({
  name: "destroyRouter",
  audience: "domain-admin",
  parameters: { id: required(ref("routers")) },
  reply: "router",
  job: { className: "admin.router.DestroyRouterCmd", instance: "DomainRouter" },
  target({ args: { id } }) {
    if (id.removed !== undefined) throw invalid(`Unable to find router by id ${id.id}.`);
    return id;
  },
  finish(router, call) {
    const shown = render(router, call);
    removeRouter(call.world, router);
    return shown;
  },
});

export const routerCommands: readonly Command[] = [listRouters, destroyRouter];
