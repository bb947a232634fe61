import { object, type Row, text } from "../../core/fields.ts";
import { canonicalCap, capsOf, keyOf } from "../caps.ts";
import { defineResource } from "../resource.ts";
import { rowsOf } from "../wire.ts";

const cap = (doc: string) => text({ optional: true, min: 1, max: 4096, canonical: canonicalCap, doc });

const inputs = {
  entity: text({
    min: 8,
    onChange: "replace",
    rule: (entity) =>
      /^client\.[^\s/,]+$/.test(entity) ? undefined : "must be `client.` and a name without spaces, commas and slashes",
    doc: "Name of the user, for example `client.tenant-a`.",
  }),
  caps: object(
    "Caps",
    {
      mon: cap("Towards the monitors, for example `profile rbd`."),
      osd: cap("Towards the OSDs, for example `profile rbd pool=tenant-a`. Several grants are separated by commas."),
      mgr: cap("Towards the managers, for example `profile rbd pool=tenant-a`."),
      mds: cap("Towards the metadata servers, for example `allow rw fsname=shared path=/volumes/tenant-a`."),
    },
    {
      rule: (caps) => (Object.keys(caps).length === 0 ? "needs at least one of mon, osd, mgr, mds" : undefined),
      doc: "What the user may do. Every change replaces all capabilities; those set by hand are seen and removed.",
    },
  ),
} as const;

export const user = defineResource({
  token: "ceph:auth:User",
  doc: "A cephx user: its capabilities and its key. Import by entity.",
  inputs,
  outputs: {
    key: text({ secret: true, doc: "The cephx key, for clients and for CloudStack's storage pool." }),
  },

  reference: ({ entity }) => entity,
  async find({ api, signal }, entity) {
    const users = rowsOf(await api.list("cluster/user", { signal }));
    const row = users.find((candidate) => candidate.entity === entity);
    if (row === undefined) return undefined;
    // Newer versions mask the key in the list: the keyring tells it always.
    const keyring = await api.send("POST", "cluster/user/export", {
      body: { entities: [entity] },
      signal,
      repeatable: true,
      reads: true,
    });
    return { entity, caps: row.caps, key: keyOf(String(keyring)) } satisfies Row;
  },
  id: ({ entity }) => String(entity),

  make: ({ api, signal }, { entity, caps }) =>
    api.send("POST", "cluster/user", { body: { user_entity: entity, capabilities: capsOf(caps) }, signal }),

  change: ({ api, signal }, _row, { after: { entity, caps } }) =>
    api.send("PUT", "cluster/user", { body: { user_entity: entity, capabilities: capsOf(caps) }, signal }),

  remove: ({ api, signal }, { entity }) =>
    api.send("DELETE", "cluster/user/{entity}", { path: { entity: String(entity) }, signal }),

  // No room for a mark: the monitors refuse unknown kinds of capabilities. One that is equal to the letter is taken over with
  // a warning, because the key of a user that somebody else made is known to him.
  leftover: {},
});
