import { oneOf, type Row, text, type Values } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import { command } from "../../core/shell.ts";
import type { Client } from "../client/client.ts";
import {
  algorithms,
  classOf,
  compressionOf,
  findPlacement,
  inTurn,
  knownToGateway,
  needPools,
  needRealm,
  offer,
  place,
  type Site,
  siteOf,
  standard,
  untilKnown,
} from "../placement.ts";
import { defineResource } from "../resource.ts";

const standardOf = (row: Row) => classOf(row, standard);

const inputs = {
  name: text({
    min: 1,
    onChange: "replace",
    rule: (name) =>
      /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) ? undefined : "must be letters, digits, dots, hyphens and underscores",
    doc: "Name in the zone group; buckets choose it with `placementTarget`.",
  }),
  indexPool: text({
    min: 1,
    onChange: "replace",
    doc: "Replicated pool of the lists of objects, best on fast devices. Buckets that are there would lose their objects by another one.",
  }),
  dataPool: text({
    min: 1,
    onChange: "replace",
    decode: (row: Row) => standardOf(row)?.data_pool as string | undefined,
    doc: "Pool of the objects; may be erasure coded, and needs no overwrites for it.",
  }),
  dataExtraPool: text({
    min: 1,
    onChange: "replace",
    doc: "Replicated pool of what uploads in parts note until they are finished. May be the index pool.",
  }),
  compression: oneOf(algorithms, {
    default: "none",
    decode: (row) => compressionOf(standardOf(row)),
    doc: "How new objects are compressed that name no storage class. What lies there stays as it is.",
  }),
} as const;

export const rgwPlacementTarget = defineResource({
  token: "ceph:rgw:RgwPlacementTarget",
  doc: "Where buckets lie: a placement target of the zone that the dashboard's object gateway serves. Needs Ceph 18.2 or newer and a realm; made by `radosgw-admin`, it is taken over. Import by name. No Ceph can remove one through its dashboard: deleted here, it stays there, with a warning, until the next deployment takes it over.",
  inputs,
  outputs: {
    zone: text({ doc: "Zone that has the pools." }),
    zonegroup: text({ doc: "Zone group that offers it." }),
  },

  reference: ({ name }) => name,
  async find(context, name) {
    const row = await findPlacement(context, name);
    if (row === undefined || standardOf(row) === undefined) return undefined;
    // Configured, but not committed, is not there: making it again commits it.
    return (await knownToGateway(context)).names.includes(name) ? row : undefined;
  },
  id: ({ name }) => String(name),

  async make(context, given) {
    const { name, indexPool, dataPool, dataExtraPool } = given;
    await needPools(context, {
      indexPool: { name: indexPool, omap: true },
      dataPool: { name: dataPool, omap: false },
      dataExtraPool: { name: dataExtraPool, omap: true },
    });
    const site = await siteOf(context);
    needRealm(context, site, commandsFor(site, given));
    await inTurn(context, async () => {
      await offer(context, site, { target: name, className: standard });
      await placeStandard(context, site, given);
    });
    await untilKnown(context, name);
  },

  async change(context, _row, { after }) {
    const site = await siteOf(context);
    needRealm(context, site, commandsFor(site, after));
    await inTurn(context, () => placeStandard(context, site, after));
    await untilKnown(context, after.name);
  },

  async remove({ log }, { name, zone, zonegroup }) {
    const commands = [
      command`radosgw-admin zonegroup placement rm --rgw-zonegroup ${zonegroup} --placement-id ${name}`,
      command`radosgw-admin zone placement rm --rgw-zone ${zone} --placement-id ${name}`,
      "radosgw-admin period update --commit",
    ];
    log(
      "warning",
      `placement target ${name} stays in zone ${zone}: no Ceph removes one through its dashboard. The next deployment takes it over; to remove it: ${commands.join("; ")}`,
    );
  },

  // Configuration without data: one that is equal serves as well, also one that somebody has made with radosgw-admin.
  leftover: {},
});

function placeStandard(context: Context<Client>, site: Site, given: Values<typeof inputs>): Promise<void> {
  const { name: target, compression, indexPool, dataPool, dataExtraPool } = given;
  const pools = { indexPool, dataPool, dataExtraPool, classPool: dataPool };
  return place(context, site, { target, className: standard, compression, ...pools });
}

function commandsFor({ zone, zonegroup }: Site, given: Values<typeof inputs>): string[] {
  const { name, indexPool, dataPool, dataExtraPool, compression } = given;
  const pools = command`--index-pool ${indexPool} --data-pool ${dataPool} --data-extra-pool ${dataExtraPool}`;
  const target = command`--placement-id ${name}`;
  return [
    `${command`radosgw-admin zonegroup placement add --rgw-zonegroup ${zonegroup}`} ${target}`,
    `${command`radosgw-admin zone placement add --rgw-zone ${zone}`} ${target} ${pools} --compression ${compression}`,
  ];
}
