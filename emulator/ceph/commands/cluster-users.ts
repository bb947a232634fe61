import type { Json } from "../../cloudstack/models/jobs.ts";
import { type CephxUser, checkCaps, checkEntity, findCephxUser, keyringOf, newKey, usersOf } from "../models/cephx.ts";
import { dashboardError, MonitorRefusal, pythonError, refuse } from "../models/errors.ts";
import type { Tables } from "../models/tables.ts";
import { endpoint } from "./endpoint.ts";
import { objects, required, text, texts } from "./fields.ts";

/** `controllers/ceph_users.py`. The list shows every key in clear. */
export const clusterUserEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/cluster/user",
    scope: "config-opt",
    fields: {},
    run: ({ tables }) =>
      [...tables.cephxUsers.live()].map(({ entity, caps, key }) => ({ entity, caps: { ...caps }, key })),
  }),
  endpoint({
    method: "POST",
    path: "/api/cluster/user",
    scope: "config-opt",
    fields: { user_entity: text, capabilities: objects, import_data: text },
    run({ world, tables, args }) {
      if (args.import_data) {
        importUsers(tables, args.import_data);
        return "Successfully imported user";
      }
      const entity = args.user_entity;
      if (!entity) throw pythonError("AssertionError", "");
      const caps = capsFrom(args.capabilities);
      authCommand("auth add", () => {
        checkEntity(entity);
        checkCaps(caps);
        const existing = findCephxUser(tables, entity);
        if (existing) checkSame(existing, caps);
        else tables.cephxUsers.insert({ entity, caps, key: newKey(world.random, world.clock.now()) });
      });
      return `Successfully created user '${entity}'`;
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/cluster/user",
    scope: "config-opt",
    fields: { user_entity: text, capabilities: objects },
    run({ tables, args }) {
      const entity = args.user_entity ?? "";
      const caps = capsFrom(args.capabilities);
      authCommand("auth caps", () => {
        checkEntity(entity);
        checkCaps(caps);
        const user = findCephxUser(tables, entity);
        if (!user) throw refuse("ENOENT", `couldn't find entry ${entity}`);
        // Capabilities that are not named are gone.
        tables.cephxUsers.update(user, { caps });
      });
      return `Successfully edited user '${entity}'`;
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/cluster/user/{user_entities}",
    scope: "config-opt",
    fields: { user_entities: required(text) },
    run({ tables, args }) {
      for (const entity of args.user_entities.split(",")) {
        const user = findCephxUser(tables, entity);
        if (user) tables.cephxUsers.erase(user);
      }
      return `Successfully deleted user(s) '${args.user_entities}'`;
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/cluster/user/export",
    scope: "config-opt",
    status: 200,
    fields: { entities: required(texts) },
    run({ tables, args }) {
      const keyrings = args.entities.map((entity) =>
        authCommand("auth export", () => {
          const user = findCephxUser(tables, entity);
          if (!user) throw refuse("ENOENT", `no key for ${entity}`);
          return keyringOf(user);
        }),
      );
      return keyrings.map((keyring) => `${keyring}\n`).join("");
    },
  }),
];

/** What is there already gets the keyring's key and capabilities (`auth import`). */
function importUsers(tables: Tables, keyring: string): void {
  authCommand("auth import", () => {
    for (const { entity, key, caps } of usersOf(keyring)) {
      checkEntity(entity);
      checkCaps(caps);
      const existing = findCephxUser(tables, entity);
      if (existing) tables.cephxUsers.update(existing, { key, caps });
      else tables.cephxUsers.insert({ entity, key, caps });
    }
  });
}

function capsFrom(list: readonly Readonly<Record<string, Json | undefined>>[] | undefined): Record<string, string> {
  if (list === undefined) throw pythonError("TypeError", "'NoneType' object is not iterable");
  const caps: Record<string, string> = {};
  for (const { entity, cap } of list) {
    if (typeof entity !== "string" || typeof cap !== "string") throw pythonError("KeyError", "'cap'");
    caps[entity] = cap;
  }
  return caps;
}

/** Adding a user that is there already succeeds only when nothing would change (`AuthMonitor::exists_and_matches_entity`). */
function checkSame({ entity, caps: has }: CephxUser, wanted: Readonly<Record<string, string>>): void {
  if (Object.keys(has).length !== Object.keys(wanted).length) {
    throw refuse("EINVAL", `entity ${entity} exists but caps do not match`);
  }
  const differs = Object.entries(wanted).find(([service, cap]) => has[service] !== cap);
  if (differs) throw refuse("EINVAL", `entity ${entity} exists but cap ${differs[0]} does not match`);
}

/** The controller words refusals its own way: always HTTP 400, with `code` 400 for EINVAL and 500 for all else. */
function authCommand<R>(prefix: string, act: () => R): R {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof MonitorRefusal)) throw error;
    const isInvalid = error.message.startsWith("[errno -22]");
    throw dashboardError(`${error.message} in command ${prefix}`, { code: isInvalid ? "400" : "500" });
  }
}
