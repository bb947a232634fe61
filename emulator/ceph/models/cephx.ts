import type { Random } from "../../cloudstack/models/random.ts";
import type { Row } from "../../cloudstack/models/table.ts";
import { refuse } from "./errors.ts";
import type { Tables } from "./tables.ts";

/** Who may talk to the cluster, and what about. */
export interface CephxUser extends Row {
  /** `client.tenant-a` */
  readonly entity: string;
  readonly key: string;
  /** By service: `mon`, `osd`, `mgr`, `mds`. */
  readonly caps: Readonly<Record<string, string>>;
}

const entityTypes = ["client", "mon", "mgr", "osd", "mds", "auth"];

const word = String.raw`(?:"[^"]*"|'[^']*'|[^\s,;"']+)`;
const assigned = (names: string) => String.raw`(?:\s+(?:${names})\s*=?\s*${word})`;
const network = String.raw`(?:\s+network\s+${word})`;

/** One grant of each service, as far as tenants need it (`MonCap.cc`, `OSDCap.cc`, `MDSAuthCaps.cc`, `MgrCap.cc`). */
const grants: Readonly<Record<string, RegExp>> = {
  mon: new RegExp(
    String.raw`^(?:profile\s+[\w-]+|allow\s+(?:\*|all|[rwx]+|service\s+${word}\s+[rwx*]+|command\s+=?\s*${word}(?:\s+with\s+.+)?))${assigned("fsname")}?${network}?$`,
  ),
  osd: new RegExp(
    String.raw`^(?:profile\s+[\w-]+|allow(?:\s+(?:\*|all|[rwxa]+|class-read|class-write|class\s+\S+(?:\s+\S+)?))+)(?:${assigned("pool|namespace|object_prefix")}|\s+tag\s+${word}\s+${word}\s*=\s*${word})*${network}?$`,
  ),
  mds: new RegExp(
    String.raw`^allow(?:\s+(?:\*|all|[rwps]+))?(?:${assigned("fsname|path|uid")}|\s+gids=\d+(?:,\d+)*|\s+root_squash)*${network}?$`,
  ),
  mgr: new RegExp(
    String.raw`^(?:profile\s+[\w-]+|allow\s+(?:\*|all|[rwx]+|service\s+${word}\s+[rwx*]+|module\s+.+|command\s+.+))(?:${assigned("pool|namespace")})*${network}?$`,
  ),
};

/** @throws EINVAL in the words of `AuthMonitor::valid_caps` when a service is unknown or its capability cannot be read */
export function checkCaps(caps: Readonly<Record<string, string>>): void {
  for (const [service, text] of Object.entries(caps)) {
    const grant = grants[service];
    if (!grant) throw refuse("EINVAL", `unknown cap type '${service}'`);
    // A comma stands between the groups of one grant, too.
    const wrong = text.split(/,(?!\d)|;/).find((part) => !grant.test(part.trim()));
    if (wrong !== undefined) {
      throw refuse("EINVAL", `${service} capability parse failed, stopped at '${wrong.trim()}' of '${text}'`);
    }
  }
}

/** @throws EINVAL when this cannot be the name of an entity */
export function checkEntity(entity: string): void {
  const at = entity.indexOf(".");
  if (at < 0 || !entityTypes.includes(entity.slice(0, at))) throw refuse("EINVAL", "bad entity name");
}

/** A cephx secret: type, time and length in front of 16 random bytes (`CryptoKey::encode`). */
export function newKey(random: Random, nowMs: number): string {
  const head = Buffer.alloc(12);
  head.writeUInt16LE(1, 0);
  head.writeUInt32LE(Math.floor(nowMs / 1000), 2);
  head.writeUInt32LE((nowMs % 1000) * 1_000_000, 6);
  head.writeUInt16LE(16, 10);
  return Buffer.concat([head, random.bytes(16)]).toString("base64");
}

export function findCephxUser(tables: Tables, entity: string): CephxUser | undefined {
  return tables.cephxUsers.find((user) => user.entity === entity);
}

/** The keyring text of an entity, key in clear (`auth export`). */
export function keyringOf({ entity, key, caps }: CephxUser): string {
  const lines = Object.entries(caps)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([service, cap]) => `\tcaps ${service} = "${cap.replaceAll('"', '\\"')}"\n`);
  return `[${entity}]\n\tkey = ${key}\n${lines.join("")}`;
}

/** The entities of a keyring's text. @throws EINVAL where it is none (`KeyRing::decode`) */
export function usersOf(keyring: string): Pick<CephxUser, "entity" | "key" | "caps">[] {
  const sections = keyring.split(/^\[/m).slice(1);
  const users = sections.map((section) => {
    const [, entity = "", rest = ""] = /^([^\]\n]+)\]([\s\S]*)$/.exec(section) ?? [];
    const key = /^\s*key\s*=\s*(\S+)\s*$/m.exec(rest)?.[1] ?? "";
    const caps = [...rest.matchAll(/^\s*caps\s+(\w+)\s*=\s*"((?:[^"\\]|\\.)*)"\s*$/gm)];
    return {
      entity,
      key,
      caps: Object.fromEntries(caps.map(([, part, cap = ""]) => [part, cap.replaceAll('\\"', '"')])),
    };
  });
  if (users.length === 0 || users.some(({ entity, key }) => entity === "" || key === "")) {
    throw refuse("EINVAL", "failed to decode keyring");
  }
  return users;
}
