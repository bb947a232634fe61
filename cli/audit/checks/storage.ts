import { type Check, type CheckFinding, everywhere } from "../estate.ts";
import { textOf, wordsOf } from "../state.ts";

/** Volumes that somebody attached to declared machines, or that a tenant's account has beside the declared ones. */
export const foreignVolumes: Check = {
  id: "live-foreign-volume",
  title: { en: "Machines carry declared volumes only", ko: "가상머신은 선언된 볼륨만 연결" },
  requirements: ["P1.3", "O4"],
  async ask({ state, cloud }) {
    const rows = await everywhere(cloud, "listVolumes");
    const machines = new Map(state.ofType("cloudstack:compute:Instance").map((one) => [one.id, one]));
    return rows.flatMap((row): CheckFinding[] => {
      const machine = machines.get(textOf(row.virtualmachineid));
      if (machine === undefined || textOf(row.type) !== "DATADISK" || state.has(row.id)) return [];
      const [name, owner] = [textOf(row.name), textOf(row.account)];
      return [
        {
          kind: "volume",
          id: textOf(row.id),
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
        },
      ];
    });
  },
};

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
      const [shown, allowed] = [textOf(row.domainid).split(",").filter(Boolean), wordsOf(owner.inputs.domainIds)];
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
