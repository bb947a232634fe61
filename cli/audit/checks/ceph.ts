import { command } from "../../../provider/core/shell.ts";
import type { Check, CheckFinding } from "../estate.ts";
import type { State } from "../state.ts";
import { textOf } from "../state.ts";

type Row = Readonly<Record<string, unknown>>;

/** Users that Ceph itself makes, and its administrator. */
const builtIn = /^(client\.(admin|bootstrap-|crash|ceph-exporter)|(mon|mgr|osd|mds)\.)/;

/** Cephx users that reach a pool of the stack without being declared, and keys that several users share. */
export const cephUsers: Check = {
  id: "live-ceph-user",
  title: { en: "Only the declared cephx user reaches a pool", ko: "선언된 cephx 사용자만 풀에 접근" },
  requirements: ["P1.3", "P1.6"],
  ofCeph: true,
  async ask({ state, ceph }) {
    const users = (await ceph?.rows("cluster/user")) ?? [];
    return [...users.flatMap((user) => reach(user, state)), ...sharedKeys(users, state)];
  },
};

function reach(user: Row, state: State): CheckFinding[] {
  const entity = textOf(user.entity);
  const declared = state.ofType("ceph:auth:User").find(({ id }) => id === entity);
  const caps = capsOf(user);
  const said = declared === undefined ? {} : capsOf(declared.inputs);
  const isAsDeclared =
    declared !== undefined && Object.keys({ ...caps, ...said }).every((part) => caps[part] === said[part]);
  if (isAsDeclared || builtIn.test(entity)) return [];
  const pools = state.ofType("ceph:pool:Pool").filter((pool) => reaches(caps.osd ?? "", textOf(pool.inputs.name)));
  const hit = pools.find(({ isTenants }) => isTenants) ?? pools[0];
  if (hit === undefined && declared === undefined) return [];
  const what = pools.length === 0 ? "no pool" : pools.map(({ inputs }) => textOf(inputs.name)).join(", ");
  const none = pools.length === 0 ? "풀 없음" : what;
  const removal = command`ceph auth rm ${entity}`;
  return [
    {
      ...userOf(entity),
      layer: hit?.layer ?? declared?.layer ?? "foundation",
      severity: hit?.isTenants ? "critical" : "high",
      message:
        declared === undefined
          ? {
              en: `${entity} is not in the state and reaches ${what}`,
              ko: `${entity}이(가) 상태에 없으나 ${none}에 접근 가능`,
            }
          : {
              en: `${entity} has other capabilities than declared, and reaches ${what}`,
              ko: `${entity}의 권한이 선언과 다르며 ${none}에 접근 가능`,
            },
      remedy:
        declared === undefined
          ? { en: `Find out who uses it; ${removal}`, ko: `사용처를 확인하고 삭제: ${removal}` }
          : { en: "pulumi up puts the capabilities back", ko: "pulumi up으로 권한 복구" },
    },
  ];
}

/** Whether capabilities towards the OSDs open a pool: by its name, or because they name none. */
function reaches(osd: string, pool: string): boolean {
  return osd.split(/,(?![^[]*\])/).some((grant) => {
    if (!/\b(allow|profile)\b/.test(grant)) return false;
    const named = /\bpool[= ]\s*"?([^\s",]+)/.exec(grant)?.[1];
    // Tags of other applications than rbd mark the pools of a file system or the gateway.
    return named === undefined ? !/\btag\s+(?!rbd\b|\*)|\bnamespace\b/.test(grant) : named === pool;
  });
}

/** Older dashboards tell keys; newer ones mask them, and then nobody can tell. Keys are compared, never shown. */
function sharedKeys(users: readonly Row[], state: State): CheckFinding[] {
  const withKeys = users.filter(({ key }) => /^AQ[A-Za-z0-9+/]{30,}={0,2}$/.test(textOf(key)));
  return [...Map.groupBy(withKeys, ({ key }) => textOf(key)).values()].flatMap((same): CheckFinding[] => {
    const entities = same.map(({ entity }) => textOf(entity));
    const ours = state.ofType("ceph:auth:User").find(({ id }) => entities.includes(id));
    if (entities.length < 2 || ours === undefined) return [];
    const names = entities.join(", ");
    return [
      {
        ...userOf(ours.id),
        layer: ours.layer,
        severity: "critical",
        message: { en: `one key is shared by ${names}`, ko: `${names}이(가) 하나의 키를 공유` },
        remedy: {
          en: "Make the other user anew with a key of its own, and rotate the declared one",
          ko: "다른 사용자를 고유한 키로 다시 만들고 선언된 사용자의 키를 교체",
        },
      },
    ];
  });
}

function capsOf({ caps }: Row): Record<string, string> {
  const given = typeof caps === "object" && caps !== null ? caps : {};
  return Object.fromEntries(
    Object.entries(given).map(([part, text]) => [part, String(text).replace(/\s+/g, " ").trim()]),
  );
}

function userOf(entity: string) {
  return { kind: "cephx user" as const, id: entity, name: entity };
}
