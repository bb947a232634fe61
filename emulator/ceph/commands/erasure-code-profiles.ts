import type { Json } from "../../cloudstack/models/jobs.ts";
import { chunksOf, completeProfile, type ErasureCodeProfile, findProfile, printed } from "../models/erasure-code.ts";
import { httpError, refuse } from "../models/errors.ts";
import { endpoint } from "./endpoint.ts";
import { type Field, required, text } from "./fields.ts";

/** Keys of a profile, of the plugins jerasure, isa and clay. */
const profileKeys = [
  "k",
  "m",
  "d",
  "plugin",
  "technique",
  "packetsize",
  "stripe_unit",
  "scalar_mds",
  "directory",
  "crush-root",
  "crush-failure-domain",
  "crush-device-class",
] as const;

const keyFields = Object.fromEntries(profileKeys.map((key) => [key, text])) as Record<
  (typeof profileKeys)[number],
  Field<string | undefined>
>;

/** `controllers/erasure_code_profile.py`: there is no way to change a profile. */
export const erasureCodeProfileEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/erasure_code_profile",
    scope: "pool",
    fields: {},
    run: ({ tables }) => [...tables.erasureCodeProfiles.live()].map(shown),
  }),
  endpoint({
    method: "POST",
    path: "/api/erasure_code_profile",
    scope: "pool",
    fields: { name: required(text), ...keyFields },
    lacks: ["l", "c", "crush-locality", "crush-num-failure-domains", "crush-osds-per-failure-domain"],
    run({ tables, args }) {
      const { name, ...given } = args;
      const set = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const values = completeProfile(Object.fromEntries(set));
      const existing = findProfile(tables, name);
      if (!existing) tables.erasureCodeProfiles.insert({ name, values });
      else if (printed(existing.values) !== printed(values)) {
        throw refuse(
          "EPERM",
          `will not override erasure code profile ${name} because the existing profile ${printed(existing.values)} is different from the proposed profile ${printed(values)}`,
        );
      }
      return null;
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/erasure_code_profile/{name}",
    scope: "pool",
    fields: { name: required(text) },
    run({ tables, args }) {
      const profile = findProfile(tables, args.name);
      if (!profile) throw httpError(404, "No such erasure code profile");
      return shown(profile);
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/erasure_code_profile/{name}",
    scope: "pool",
    fields: { name: required(text) },
    run({ tables, args }) {
      const profile = findProfile(tables, args.name);
      if (!profile) return null;
      const users = tables.pools.filter(({ profile: used }) => used === args.name);
      if (users.length > 0) {
        const names = users.map(({ name }) => `${name} `).join("");
        throw refuse("EBUSY", `${names}pool(s) are using the erasure code profile '${args.name}'`);
      }
      tables.erasureCodeProfiles.erase(profile);
      return null;
    },
  }),
];

function shown(profile: ErasureCodeProfile): Json {
  return { ...profile.values, ...chunksOf(profile), name: profile.name };
}
