import type { Store } from "../../cloudstack/models/store.ts";
import type { Filesystem, Subvolume, SubvolumeGroup } from "./cephfs.ts";
import type { CephxUser } from "./cephx.ts";
import type { Cluster } from "./cluster.ts";
import type { ConfigValue } from "./config.ts";
import type { CrushRule, Host, Osd } from "./crush.ts";
import type { ErasureCodeProfile } from "./erasure-code.ts";
import type { Pool } from "./pool.ts";
import type { Bucket, RgwUser } from "./rgw.ts";
import type { Zone, Zonegroup } from "./rgw-site.ts";
import type { DashboardUser, RevokedToken, Secret } from "./sessions.ts";

/** Every table of the emulated cluster with its row type. A new table is one line here. */
export function createTables(store: Store) {
  return {
    cluster: store.table<Cluster>("cluster"),
    hosts: store.table<Host>("hosts"),
    osds: store.table<Osd>("osds"),
    crushRules: store.table<CrushRule>("crushRules"),
    erasureCodeProfiles: store.table<ErasureCodeProfile>("erasureCodeProfiles"),
    pools: store.table<Pool>("pools"),
    config: store.table<ConfigValue>("config"),
    cephxUsers: store.table<CephxUser>("cephxUsers"),
    filesystems: store.table<Filesystem>("filesystems"),
    subvolumeGroups: store.table<SubvolumeGroup>("subvolumeGroups"),
    subvolumes: store.table<Subvolume>("subvolumes"),
    rgwUsers: store.table<RgwUser>("rgwUsers"),
    buckets: store.table<Bucket>("buckets"),
    rgwZonegroups: store.table<Zonegroup>("rgwZonegroups"),
    rgwZones: store.table<Zone>("rgwZones"),
    dashboardUsers: store.table<DashboardUser>("dashboardUsers"),
    revokedTokens: store.table<RevokedToken>("revokedTokens"),
    secrets: store.table<Secret>("secrets"),
  };
}

export type Tables = ReturnType<typeof createTables>;
