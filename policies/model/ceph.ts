import { isUnknown } from "../core/sdk.ts";
import type { Subject } from "../core/subject.ts";
import { Undecided } from "../core/unknown.ts";
import type { World } from "../core/world.ts";
import { type CephPool, type CrushRule, type ErasureCodeProfile, type Filesystem, types } from "./types.ts";

/** What Ceph's pools are called by: they refer to each other by names, which are known before anything is there. */
export interface CephNames {
  readonly rules: ReadonlyMap<string, Subject<CrushRule>>;
  readonly profiles: ReadonlyMap<string, Subject<ErasureCodeProfile>>;
  readonly pools: ReadonlyMap<string, Subject<CephPool>>;
}

/** What has a name that is not known yet is left out: nothing can refer to it by a name that is. */
export function cephNames(world: World): CephNames {
  const byName = <P extends { name: string }>(type: string) => {
    const named = world.ofType<P>(type).filter(({ raw }) => !isUnknown(raw.name));
    return new Map(named.map((subject) => [subject.props.name, subject]));
  };
  return {
    rules: byName<CrushRule>(types.crushRule),
    profiles: byName<ErasureCodeProfile>(types.erasureCodeProfile),
    pools: byName<CephPool>(types.cephPool),
  };
}

/** What a pool may take of the disks of one class. */
export interface RawDemand {
  /** `ssd`, `hdd`, …; `any` where the pool does not choose. */
  readonly deviceClass: string;
  /** Quota times copies, or chunks over data chunks. */
  readonly gib: number;
}

/** @throws Undecided where the cluster chooses the copies, or a profile is of another hand */
export function rawDemandOf({ name, props }: Subject<CephPool>, { rules, profiles }: CephNames): RawDemand {
  const { quotaGib = 0, type, erasureCodeProfile, crushRule } = props;
  if (type !== "erasure") return copies(name, props, quotaGib, deviceClassOf(crushRule, rules));
  const profile = profiles.get(erasureCodeProfile ?? "");
  if (profile === undefined) throw elsewhere(`erasure code profile ${erasureCodeProfile}`);
  const { k, m, crushDeviceClass = "any" } = profile.props;
  return { deviceClass: crushDeviceClass, gib: (quotaGib * (k + m)) / k };
}

/** @throws Undecided where the cluster chooses the copies */
export function rawDemandOfFiles({ name, props }: Subject<Filesystem>, { rules }: CephNames): RawDemand {
  return copies(name, props, props.quotaGib ?? 0, deviceClassOf(props.crushRule, rules));
}

function copies(
  name: string,
  { size }: { size?: number | undefined },
  quotaGib: number,
  deviceClass: string,
): RawDemand {
  if (size !== undefined) return { deviceClass, gib: quotaGib * size };
  throw new Undecided({
    en: `the cluster chooses how many copies ${name} has`,
    ko: `${name}의 복제 수를 클러스터가 정함`,
  });
}

function deviceClassOf(crushRule: string | undefined, rules: CephNames["rules"]): string {
  if (crushRule === undefined) return "any";
  const rule = rules.get(crushRule);
  if (rule === undefined) throw elsewhere(`CRUSH rule ${crushRule}`);
  return rule.props.deviceClass ?? "any";
}

function elsewhere(what: string): Undecided {
  return new Undecided({ en: `${what} is not of this stack`, ko: `${what}은(는) 이 스택의 것이 아님` });
}
