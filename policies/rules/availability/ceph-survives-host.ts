import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import type { Text } from "../../core/text.ts";
import { Undecided } from "../../core/unknown.ts";
import { type CephPool, type CrushRule, type ErasureCodeProfile, type Filesystem, types } from "../../model/types.ts";

interface Settings {
  copies: number;
  coding: number;
  narrow: readonly string[];
}

export default resourceRule({
  id: "availability-ceph-survives-host",
  title: { en: "Data in Ceph survives a host", ko: "Ceph 데이터는 호스트 장애를 견딤" },
  description: {
    en: "Copies on disks of one host are lost, or not to be reached, with it; and two copies leave none to check by while one is mended.",
    ko: "한 호스트의 디스크에 모인 복제본은 호스트와 함께 사라지거나 접근할 수 없게 된다. 복제본이 2개뿐이면 하나를 복구하는 동안 대조할 사본이 없다.",
  },
  severity: "high",
  strength: "mandatory",
  requirements: ["P6.1", "T4"],
  frameworks: [n2sf("IF-12", "availability"), csap("6.2", "availability")],
  remediation: {
    en: ["Three copies (size: 3), or two coding chunks (m: 2)", "A failure domain of host or wider"],
    ko: ["복제 3개(size: 3) 또는 코딩 청크 2개(m: 2)", "장애 영역은 host 이상"],
  },
  example: `new ceph.pool.CrushRule("ssd", { name: "strata-ssd", failureDomain: "osd", deviceClass: "ssd" });`,
  settings: z.strictObject({
    copies: z.int().min(2).default(3).describe("Fewest copies of a replicated pool or file system."),
    coding: z.int().min(1).default(2).describe("Fewest coding chunks of an erasure code."),
    narrow: z.array(z.string()).default(["osd"]).describe("Failure domains that are less than a host."),
  }),
  grades: {},
  kind: "resource",
  types: [types.cephPool, types.filesystem, types.crushRule, types.erasureCodeProfile],
  async check(subject, { settings, report, part }) {
    for (const judge of judges[subject.type] ?? []) {
      await part(() => {
        const weakness = judge(subject.props, settings);
        if (weakness === undefined) return;
        report({ en: `${subject.name}: ${weakness.en}`, ko: `${subject.name}: ${weakness.ko}` });
      });
    }
  },
});

type Judge = (props: Subject["props"], settings: Settings) => Text | undefined;

const judges: Readonly<Record<string, readonly Judge[]>> = {
  [types.cephPool]: [
    (props, { copies }) => {
      const { type, size } = props as unknown as CephPool;
      return type === "erasure" ? undefined : tooFew(size, copies);
    },
    (props) => {
      const { size, minSize } = props as unknown as CephPool;
      if (size === undefined || minSize === undefined || minSize < size) return undefined;
      return {
        en: `takes no writes once one of its ${size} copies is away (minSize ${minSize})`,
        ko: `복제 ${size}개 중 하나만 없어도 쓰기 불가 (minSize ${minSize})`,
      };
    },
  ],
  [types.filesystem]: [
    (props, { copies }) => tooFew((props as unknown as Filesystem).size, copies),
    (props, { copies }) => tooFew((props as unknown as Filesystem).metadataSize, copies),
  ],
  [types.crushRule]: [(props, { narrow }) => tooNarrow((props as unknown as CrushRule).failureDomain, narrow)],
  [types.erasureCodeProfile]: [
    (props, { narrow }) => tooNarrow((props as unknown as ErasureCodeProfile).crushFailureDomain, narrow),
    (props, { coding }) => {
      const { m } = props as unknown as ErasureCodeProfile;
      if (m >= coding) return undefined;
      return { en: `${m} coding chunks, of ${coding} at least`, ko: `코딩 청크 ${m}개, 최소 ${coding}개` };
    },
  ],
};

function tooFew(size: number | undefined, copies: number): Text | undefined {
  if (size === undefined) {
    throw new Undecided({ en: "the cluster chooses the number of copies", ko: "복제 수를 클러스터가 정함" });
  }
  if (size >= copies) return undefined;
  return { en: `${size} copies, of ${copies} at least`, ko: `복제 ${size}개, 최소 ${copies}개` };
}

/** Both of Ceph's own defaults are `host`. */
function tooNarrow(domain = "host", narrow: readonly string[]): Text | undefined {
  if (!narrow.includes(domain)) return undefined;
  return {
    en: `copies may lie on one host (failure domain ${domain})`,
    ko: `복제가 한 호스트에 모일 수 있음 (장애 영역 ${domain})`,
  };
}
