import { listed, ProviderError } from "../../core/errors.ts";
import { oneOf, type Row, text, type Values } from "../../core/fields.ts";
import type { Context } from "../../core/resource.ts";
import { command } from "../../core/shell.ts";
import type { Client } from "../client/client.ts";
import { isCephError } from "../client/errors.ts";
import {
  algorithms,
  classOf,
  compressionOf,
  findPlacement,
  inTurn,
  needPools,
  needRealm,
  offer,
  place,
  type Site,
  standard,
  targetOf,
  untilKnown,
} from "../placement.ts";
import { defineResource } from "../resource.ts";
import { rowsOf } from "../wire.ts";

const ownClass = (row: Row) => classOf(row, String(row.class_name));

const inputs = {
  placementTarget: text({
    min: 1,
    onChange: "replace",
    decode: ({ name }: Row) => String(name),
    doc: "Name of the placement target that it belongs to, for example `default-placement`.",
  }),
  name: text({
    min: 1,
    onChange: "replace",
    decode: ({ class_name: name }: Row) => String(name),
    rule: (name) => {
      if (name === standard) return "is the class that every placement target has → compression of RgwPlacementTarget";
      return /^[A-Za-z0-9_-]+$/.test(name) ? undefined : "must be letters, digits, hyphens and underscores";
    },
    doc: "What lifecycle rules and uploads call it. Some S3 clients know only Amazon's own names, such as `STANDARD_IA`.",
  }),
  dataPool: text({
    min: 1,
    onChange: "replace",
    decode: (row: Row) => ownClass(row)?.data_pool as string | undefined,
    doc: "Pool of its objects; the one of the placement target, if only the compression differs. May be erasure coded.",
  }),
  compression: oneOf(algorithms, {
    default: "none",
    decode: (row) => compressionOf(ownClass(row)),
    doc: "How objects are compressed that come into it. What lies there stays as it is.",
  }),
} as const;

export const rgwStorageClass = defineResource({
  token: "ceph:rgw:RgwStorageClass",
  doc: "A storage class of a placement target: a pool and a compression that lifecycle rules move objects to. Needs Ceph 18.2 or newer and a realm; made by `radosgw-admin`, it is taken over. Import by `TARGET/NAME`. Ceph 20.2 removes one, unless its placement target holds objects; before, it stays, with a warning.",
  inputs,
  outputs: {},

  reference: ({ placementTarget, name }) => `${placementTarget}/${name}`,
  async find(context, reference) {
    const [target = "", name = ""] = reference.split("/");
    const row = await findPlacement(context, target);
    return row === undefined || classOf(row, name) === undefined ? undefined : { ...row, class_name: name };
  },
  id: ({ name, class_name: className }) => `${name}/${className}`,

  async make(context, given) {
    await needPools(context, { dataPool: { name: given.dataPool, omap: false } });
    await inTurn(context, async () => {
      const row = await targetFor(context, given);
      const site = siteIn(row);
      needRealm(context, site, commandsFor(site, given));
      await offer(context, site, { target: given.placementTarget, className: given.name });
      await placeClass(context, row, given);
    });
    await untilKnown(context, given.placementTarget);
  },

  async change(context, _row, { after }) {
    await inTurn(context, async () => {
      const row = await targetFor(context, after);
      needRealm(context, siteIn(row), commandsFor(siteIn(row), after));
      await placeClass(context, row, after);
    });
    await untilKnown(context, after.placementTarget);
  },

  async remove(context, row) {
    const { name, class_name: className, zone } = row;
    if ((await majorOf(context)) < firstThatRemoves) {
      const commands = [
        command`radosgw-admin zonegroup placement rm --rgw-zonegroup ${row.zonegroup} --placement-id ${name} --storage-class ${className}`,
        command`radosgw-admin zone placement rm --rgw-zone ${zone} --placement-id ${name} --storage-class ${className}`,
        "radosgw-admin period update --commit",
      ];
      context.log(
        "warning",
        `storage class ${className} of placement target ${name} stays: Ceph removes one through its dashboard since 20.2. The next deployment takes it over; to remove it: ${commands.join("; ")}`,
      );
      return;
    }
    await refuseUsed(context, String(name), String(className));
    await inTurn(context, () => withdraw(context, row));
  },

  // Configuration without data: one that is equal serves as well, also one that somebody has made with radosgw-admin.
  leftover: {},
});

const firstThatRemoves = 20;

async function majorOf({ api, signal }: Context<Client>): Promise<number> {
  const { version } = ((await api.list("summary", { signal })) ?? {}) as { version?: string };
  return Number(/ceph version (\d+)\./.exec(version ?? "")?.[1] ?? 0);
}

/** @throws ProviderError: nobody else asks, and objects of a class that is gone cannot be read */
async function refuseUsed({ api, signal, urn }: Context<Client>, target: string, className: string): Promise<void> {
  const buckets = rowsOf(await api.list("rgw/bucket", { version: "1.1", query: { stats: "true" }, signal }));
  const isFull = ({ usage }: Row) =>
    Object.values((usage ?? {}) as Record<string, { num_objects?: number }>).some(
      (part) => Number(part.num_objects) > 0,
    );
  const used = buckets.filter((row) => targetOf(row.placement_rule) === target && isFull(row));
  if (used.length === 0) return;
  throw new ProviderError({
    what: `delete of storage class ${className}`,
    where: urn,
    value: listed(used.map(({ bid }) => bid)),
    rule: `buckets of placement target ${target} hold objects: those in this class could not be read any more`,
    remedy: "remove or copy them elsewhere first, or keep the class with `retainOnDelete`",
  });
}

async function withdraw({ api, signal }: Context<Client>, { name, class_name, zone }: Row): Promise<void> {
  const path = { target: String(name), name: String(class_name) };
  const template = "rgw/zonegroup/storage-class/{target}/{name}";
  try {
    await api.send("DELETE", template, { path, query: { zone_name: String(zone) }, signal });
  } catch (error) {
    // The first ones that can remove a class at all leave its pool in the zone, which nothing offers any more.
    if (!isCephError(error) || !/zone_name|Unexpected query string/i.test(error.facts.text)) throw error;
    await api.send("DELETE", template, { path, signal });
  }
}

async function targetFor(context: Context<Client>, { placementTarget, name }: Values<typeof inputs>): Promise<Row> {
  context.api.forget();
  const row = await findPlacement(context, placementTarget);
  if (row !== undefined) return row;
  throw new ProviderError({
    what: `storage class ${name}`,
    where: context.urn,
    value: `placementTarget ${placementTarget}`,
    rule: "is no placement target of the gateway's zone",
    remedy: "make an RgwPlacementTarget of this name first, or correct it",
  });
}

function siteIn({ zone, zonegroup, realm }: Row): Site {
  return { zone: String(zone), zonegroup: String(zonegroup), realm: String(realm) };
}

/** The target stays as it is: the call must name all of it. */
function placeClass(context: Context<Client>, row: Row, given: Values<typeof inputs>): Promise<void> {
  return place(context, siteIn(row), {
    target: given.placementTarget,
    className: given.name,
    indexPool: String(row.index_pool ?? ""),
    dataPool: String(classOf(row, standard)?.data_pool ?? ""),
    dataExtraPool: String(row.data_extra_pool ?? ""),
    classPool: given.dataPool,
    compression: given.compression,
  });
}

function commandsFor({ zone, zonegroup }: Site, given: Values<typeof inputs>): string[] {
  const { placementTarget, name, dataPool, compression } = given;
  const which = command`--placement-id ${placementTarget} --storage-class ${name}`;
  return [
    `${command`radosgw-admin zonegroup placement add --rgw-zonegroup ${zonegroup}`} ${which}`,
    `${command`radosgw-admin zone placement add --rgw-zone ${zone}`} ${which} ${command`--data-pool ${dataPool}`} --compression ${compression}`,
  ];
}
