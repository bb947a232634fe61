import type { Json } from "../../cloudstack/models/jobs.ts";
import { dashboardError, notImplemented, pythonError } from "../models/errors.ts";
import { isSince, releases } from "../models/release.ts";
import { needGateway } from "../models/rgw.ts";
import {
  adminError,
  commitPeriod,
  needZone,
  needZonegroup,
  offer,
  type Placements,
  place,
  standard,
  type Targets,
  withdrawClass,
  type Zone,
  type Zonegroup,
} from "../models/rgw-site.ts";
import type { Tables } from "../models/tables.ts";
import type { World } from "../models/world.ts";
import { endpoint } from "./endpoint.ts";
import { objects, required, text } from "./fields.ts";

const lacksOfZone = [
  ...["default", "master", "zone_endpoints", "access_key", "secret_key"],
  ...["sync_from", "sync_from_all", "tier_type"],
];

/** `RgwDaemon`, `RgwSite`, `RgwRealm`, `RgwZonegroup` and `RgwZone` of `controllers/rgw.py`: which placement targets there are. */
export const rgwSiteEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/rgw/daemon",
    scope: "rgw",
    fields: {},
    run: ({ world, tables }) => daemons(world, tables),
  }),
  endpoint({
    method: "GET",
    path: "/api/rgw/site",
    scope: "rgw",
    fields: { query: text, daemon_name: text },
    run({ tables, args: { query } }) {
      needGateway(tables);
      if (query === "placement-targets") return knownToGateway(tables);
      throw dashboardError("Not Implemented", { status: 501, component: "rgw" });
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/rgw/zonegroup/{zonegroup_name}",
    scope: "rgw",
    fields: { zonegroup_name: required(text) },
    run: ({ tables, args }) => zonegroupFields(needZonegroup(tables, args.zonegroup_name)),
  }),
  endpoint({
    method: "PUT",
    path: "/api/rgw/zonegroup/{zonegroup_name}",
    scope: "rgw",
    piecemeal: true,
    fields: {
      zonegroup_name: required(text),
      realm_name: required(text),
      new_zonegroup_name: required(text),
      placement_targets: objects,
    },
    lacks: ["default", "master", "zonegroup_endpoints", "add_zones", "remove_zones"],
    run({ world, tables, args }) {
      const { zonegroup_name: name, new_zonegroup_name: newName, placement_targets: targets = [] } = args;
      if (newName !== name) throw notImplemented("renaming a zone group");
      const zonegroup = needZonegroup(tables, name);
      if (args.realm_name !== "" && args.realm_name !== zonegroup.realm) {
        throw adminError(`failed to find realm by name ${args.realm_name}`);
      }
      // `modify_zonegroup` comes first, and commits.
      world.store.transaction(() => commitPeriod(tables));
      // Their options pile up in one command line.
      if (targets.length > 1) throw notImplemented("several placement targets in one call");
      const [target] = targets;
      if (target) changeTarget(world, zonegroup, target);
      return null;
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/rgw/zonegroup/storage-class/{placement_id}/{storage_class}",
    scope: "rgw",
    since: "tentacle",
    piecemeal: true,
    fields: { placement_id: required(text), storage_class: required(text), zone_name: text },
    run({ world: { store }, tables, args: { placement_id: id, storage_class: className, zone_name: zone } }) {
      store.transaction(() => withdrawClass(tables, id, className, zone ?? ""));
      // `ensure_realm_and_sync_period`: without a realm the gateways are started anew, which comes to the same.
      if (tables.rgwZonegroups.find(({ realm }) => realm !== "")) store.transaction(() => commitPeriod(tables));
      return null;
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/rgw/zone/{zone_name}",
    scope: "rgw",
    fields: { zone_name: required(text) },
    run: ({ tables, args }) => zoneFields(tables, needZone(tables, args.zone_name)),
  }),
  endpoint({
    method: "PUT",
    path: "/api/rgw/zone/{zone_name}",
    scope: "rgw",
    piecemeal: true,
    fields: {
      zone_name: required(text),
      new_zone_name: required(text),
      zonegroup_name: required(text),
      placement_target: text,
      data_pool: text,
      index_pool: text,
      data_extra_pool: text,
      storage_class: text,
      data_pool_class: text,
      compression: text,
    },
    lacks: lacksOfZone,
    run({ world, tables, args }) {
      const { zone_name: name, new_zone_name: newName, placement_target: id = "" } = args;
      if (newName !== name) throw notImplemented("renaming a zone");
      needZonegroup(tables, args.zonegroup_name);
      const zone = needZone(tables, name);
      const commit = () => world.store.transaction(() => commitPeriod(tables));
      commit();
      // What is not given is an empty text, also on the command line: the pool for uploads in parts is taken away by it.
      const { index_pool: indexPool = "", data_pool: dataPool = "", data_extra_pool: dataExtraPool = "" } = args;
      const pools = { id, className: "", indexPool, dataPool, dataExtraPool };
      world.store.transaction(() => place(tables, zone, pools));
      commit();
      const { storage_class: className = "", data_pool_class: ofClass = "", compression = "" } = args;
      const isLeftOut = compression === "" && isSince(world.release, "tentacle");
      const compressed = isLeftOut ? {} : { compression };
      world.store.transaction(() =>
        place(tables, zone, { id, className, indexPool: "", dataPool: ofClass, ...compressed }),
      );
      commit();
      return null;
    },
  }),
];

/** Squid and before: each of the classes with a commit. Later: only a class of exactly this name, without one. */
function changeTarget(world: World, zonegroup: Zonegroup, target: { readonly [key: string]: Json | undefined }): void {
  const { tables, store } = world;
  const isLater = isSince(world.release, "tentacle");
  const id = String(fieldOf(target, "placement_id"));
  const tags = String((isLater ? target.tags : fieldOf(target, "tags")) ?? "");
  const names = String(fieldOf(target, "storage_class") ?? "");
  const isNew = zonegroup.targets[id] === undefined;
  const classes = names === "" ? [] : names.split(",");
  const add = (className: string) => {
    store.transaction(() => offer(tables, zonegroup, id, { className, tags }));
    if (!isLater) store.transaction(() => commitPeriod(tables));
  };
  if (classes.length === 0 || (isNew && !isLater)) add(standard);
  for (const one of classes) if (!isLater || one === names) add(one);
}

function fieldOf(target: { readonly [key: string]: Json | undefined }, name: string): Json {
  const value = target[name];
  if (value === undefined) throw pythonError("KeyError", `'${name}'`);
  return value;
}

function daemons(world: World, tables: Tables): Json {
  const hosts = tables.hosts.filter(({ services }) => services.includes("rgw"));
  const [zone] = tables.rgwZones.live();
  const [zonegroup] = tables.rgwZonegroups.live();
  return hosts.map(({ hostname }, index) => ({
    id: `default.${hostname}`,
    service_map_id: String(4100 + index),
    version: releases[world.release].version,
    server_hostname: hostname,
    realm_name: zonegroup?.realm ?? "",
    zonegroup_name: zonegroup?.name ?? "",
    zonegroup_id: zonegroup?.uuid ?? "",
    zone_name: zone?.name ?? "",
    default: index === 0,
    port: 80,
  }));
}

/** `RgwClient.get_placement_targets`: what the running gateway tells of its zone. */
function knownToGateway(tables: Tables): Json {
  const [zone] = tables.rgwZones.live();
  const targets = Object.entries(zone?.live ?? {}).map(([name, { classes }]) => {
    const pool = classes[standard]?.dataPool;
    if (pool === undefined) throw pythonError("KeyError", `'${standard}'`);
    return { name, data_pool: pool };
  });
  return { zonegroup: zone?.zonegroup ?? "default", placement_targets: targets };
}

function zonegroupFields({ uuid, name, realm, targets }: Zonegroup): Json {
  return {
    id: uuid,
    name,
    api_name: name,
    is_master: true,
    endpoints: [],
    placement_targets: targetFields(targets),
    default_placement: "default-placement",
    realm_id: realm,
  };
}

function targetFields(targets: Targets): Json {
  return Object.entries(targets).map(([name, { tags, classes }]) => ({
    key: name,
    val: { name, tags: [...tags], storage_classes: [...classes] },
  }));
}

/** With the key of the system user, as `radosgw-admin zone get` shows it. */
function zoneFields(tables: Tables, { uuid, name, placements }: Zone): Json {
  const key = tables.rgwUsers.find(({ system }) => system)?.keys[0];
  return {
    id: uuid,
    name,
    system_key: { access_key: key?.access_key ?? "", secret_key: key?.secret_key ?? "" },
    placement_pools: placementFields(placements),
    realm_id: "",
  };
}

function placementFields(placements: Placements): Json {
  return Object.entries(placements).map(([key, { indexPool, dataExtraPool, classes }]) => ({
    key,
    val: {
      index_pool: indexPool,
      storage_classes: Object.fromEntries(
        Object.entries(classes).map(([name, { dataPool, compression }]) => [
          name,
          { data_pool: dataPool, ...(compression === undefined ? {} : { compression_type: compression }) },
        ]),
      ),
      data_extra_pool: dataExtraPool,
      index_type: 0,
      inline_data: true,
    },
  }));
}
