import type { Row } from "../../doctor/questions.ts";
import { type Check, type CheckFinding, type Estate, everywhere } from "../estate.ts";
import { foreignCheck, type Touch } from "../foreign.ts";
import { textOf, wordsOf } from "../state.ts";

/** Volumes that nobody declared: on declared machines, in a tenant's pool, or owned by a tenant's account. */
export const foreignVolumes = foreignCheck(
  {
    id: "live-foreign-volume",
    title: {
      en: "Machines, tenants' pools and tenants' accounts have declared volumes only",
      ko: "가상머신, 테넌트 풀, 테넌트 계정에는 선언된 볼륨만 존재",
    },
    requirements: ["P1.3", "O4"],
  },
  [
    {
      kind: "volume",
      command: "listVolumes",
      // A machine has its root disk without anybody declaring it.
      isDeclared: (row, { state }) => state.has(row.id) || (row.type === "ROOT" && state.has(row.virtualmachineid)),
      touches: (row, estate) => attached(row, estate) ?? inPool(row, estate) ?? owned(row, estate),
    },
  ],
);

function attached(row: Row, { state }: Estate): Touch | undefined {
  const machine = state.ofType("cloudstack:compute:Instance").find(({ id }) => id === textOf(row.virtualmachineid));
  if (machine === undefined) return undefined;
  const [name, owner] = [textOf(row.name), textOf(row.account)];
  return {
    name,
    layer: machine.layer,
    severity: machine.isTenants ? "high" : "medium",
    message: {
      en: `volume ${name} of account ${owner} is attached to ${machine.name} by hand`,
      ko: `계정 ${owner}의 볼륨 ${name}이(가) ${machine.name}에 수동으로 연결됨`,
    },
    remedy: {
      en: `Detach it: cmk detach volume id=${textOf(row.id)}, or declare it`,
      ko: `분리: cmk detach volume id=${textOf(row.id)} 또는 선언`,
    },
  };
}

function inPool(row: Row, { state }: Estate): Touch | undefined {
  const pool = state.ofType("cloudstack:storage:StoragePool").find(({ id }) => id === textOf(row.storageid));
  if (!pool?.isTenants) return undefined;
  const [name, owner] = [textOf(row.name), textOf(row.account)];
  return {
    name,
    layer: pool.layer,
    severity: "critical",
    message: {
      en: `volume ${name} of account ${owner} lies in the pool of ${pool.layer} and is not in the state`,
      ko: `계정 ${owner}의 볼륨 ${name}이(가) ${pool.layer}의 풀에 있으나 상태에 없음`,
    },
    remedy: {
      en: `Find out whose data it is; move it (cmk migrate volume volumeid=${textOf(row.id)}) or delete it`,
      ko: `데이터의 소유자를 확인한 뒤 옮기거나(cmk migrate volume volumeid=${textOf(row.id)}) 삭제`,
    },
  };
}

function owned(row: Row, { state }: Estate): Touch | undefined {
  const owner = state.ofType("cloudstack:identity:Account").find(({ isTenants, inputs, outputs }) => {
    const domain = textOf(outputs.domainId) || textOf(inputs.domainId);
    return isTenants && textOf(inputs.name) === textOf(row.account) && domain === textOf(row.domainid);
  });
  // Of a foreign machine the machine is told.
  if (owner === undefined || row.type === "ROOT") return undefined;
  const name = textOf(row.name);
  return {
    name,
    layer: owner.layer,
    severity: "medium",
    message: {
      en: `volume ${name} belongs to ${owner.layer} and is not in the state: no snapshot, limit or destroy knows of it`,
      ko: `볼륨 ${name}은(는) ${owner.layer} 소유이나 상태에 없음: 스냅샷·한도·삭제 대상에서 빠짐`,
    },
    remedy: {
      en: "Declare it in the profile and import it: pulumi import, or delete it",
      ko: "프로파일에 선언하고 가져오거나(pulumi import) 삭제",
    },
  };
}

/** Disk offerings through which others could put volumes into a tenant's pool. */
export const offeringVisibility: Check = {
  id: "live-offering-visibility",
  title: {
    en: "A tenant's disk offering is shown to that tenant only",
    ko: "테넌트 디스크 오퍼링은 해당 테넌트에만 공개",
  },
  requirements: ["P1.3", "P1.6"],
  async ask({ state, cloud }) {
    const offerings = state.ofType("cloudstack:storage:DiskOffering");
    const declared = new Map(offerings.map((one) => [one.id, one]));
    const tenantsTags = new Map(
      offerings
        .filter(({ isTenants }) => isTenants)
        .flatMap((one) => wordsOf(one.inputs.storageTags).map((tag) => [tag, one])),
    );
    const rows = await everywhere(cloud, "listDiskOfferings");
    return rows.flatMap((row): CheckFinding[] => {
      const kept = declared.get(textOf(row.id));
      const owner =
        kept ??
        textOf(row.tags)
          .split(",")
          .flatMap((tag) => tenantsTags.get(tag) ?? [])[0];
      if (owner === undefined || (kept !== undefined && wordsOf(kept.inputs.domainIds).length === 0)) return [];
      const [shown, allowed] = [
        textOf(row.domainid).split(",").filter(Boolean).sort(),
        wordsOf(owner.inputs.domainIds),
      ];
      const others = shown.filter((domain) => !allowed.includes(domain));
      if (shown.length > 0 && others.length === 0) return [];
      const [name, who] = [textOf(row.name), shown.length === 0 ? "*" : others.join(", ")];
      return [
        {
          kind: "disk offering",
          id: textOf(row.id),
          name,
          layer: owner.layer,
          severity: "critical",
          message: {
            en: `${name} puts volumes into the pool of ${owner.layer} and is shown to ${who === "*" ? "everybody" : `other domains: ${who}`}`,
            ko: `${name}은(는) ${owner.layer}의 풀에 볼륨을 만드는데 ${who === "*" ? "모두에게" : `다른 도메인(${who})에`} 공개됨`,
          },
          remedy: {
            en: `cmk update diskoffering id=${textOf(row.id)} domainid=${allowed.join(",")}`,
            ko: `공개 범위 제한: cmk update diskoffering id=${textOf(row.id)} domainid=${allowed.join(",")}`,
          },
        },
      ];
    });
  },
};
