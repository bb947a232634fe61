import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import type { Text } from "../../core/text.ts";
import type { Surroundings } from "../../core/world.ts";
import { ownerName, ownerOf, tenantInName } from "../../model/owner.ts";
import { tenantsOfOffering } from "../../model/storage.ts";
import { type DiskOffering, type Instance, type ServiceOffering, types, type Volume } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-volume-owner",
  title: {
    en: "A volume belongs to its machine's owner and lies in its owner's storage",
    ko: "볼륨은 VM 소유자에게 속하고 소유자의 스토리지에 있어야 함",
  },
  description: {
    en: "A volume of another account can be detached and read there; one in another tenant's pool is encrypted and counted with that tenant's.",
    ko: "다른 계정의 볼륨은 그 계정에서 분리해 읽을 수 있고, 다른 테넌트 풀의 볼륨은 그 테넌트의 키와 쿼터로 처리된다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P1.3", "P1.6", "AI-01"],
  frameworks: [n2sf("LP-1", "least privilege"), csap("10.1", "access control"), csap("12", "data protection")],
  remediation: {
    en: ["Give the volume the account and domainId of its machine", "Take a disk offering of the same tenant's pool"],
    ko: ["볼륨의 account와 domainId를 VM과 동일하게 지정", "같은 테넌트 풀의 디스크 오퍼링 사용"],
  },
  example: `new storage.Volume("a-data", { account: "strata-tenant-a", diskOfferingId: offeringOfTenantB.id, … });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.volume, types.instance],
  async check(subject: Subject<Volume | Instance>, { world, report, part }) {
    if (subject.type === types.instance) return judgeRootDisk(subject as Subject<Instance>, world, report);
    const volume = subject as Subject<Volume>;
    const owner = await ownerOf(volume, world);
    await part(async () => {
      const { instanceId } = volume.raw;
      for (const instance of await world.referents<Instance>(volume, "instanceId", types.instance, [instanceId])) {
        const other = await ownerOf(instance, world);
        if (other === owner) continue;
        report({
          en: `${volume.name} of ${ownerName(owner).en} is attached to ${instance.name} of ${ownerName(other).en}`,
          ko: `${ownerName(owner).ko}의 ${volume.name}이(가) ${ownerName(other).ko}의 ${instance.name}에 연결됨`,
        });
      }
    });
    const { diskOfferingId } = volume.raw;
    const offerings = await world.referents<DiskOffering>(volume, "diskOfferingId", types.diskOffering, [
      diskOfferingId,
    ]);
    for (const offering of offerings) {
      const tenants = await tenantsOfOffering(offering, world);
      if (tenants.length === 0 || (tenants.length === 1 && tenants[0] === owner)) continue;
      report({
        en: `${volume.name} of ${ownerName(owner).en} lies in storage of tenant ${tenants.join(", ")} (${offering.name})`,
        ko: `${ownerName(owner).ko}의 ${volume.name}이(가) 테넌트 ${tenants.join(", ")}의 스토리지(${offering.name})에 있음`,
      });
    }
  },
});

/** A machine's own disk lies where its size says. */
async function judgeRootDisk(machine: Subject<Instance>, world: Surroundings, report: Report): Promise<void> {
  const { serviceOfferingId } = machine.raw;
  const sizes = await world.referents<ServiceOffering>(machine, "serviceOfferingId", types.serviceOffering, [
    serviceOfferingId,
  ]);
  for (const { name, props } of sizes) {
    const tenants = (props.storageTags ?? []).flatMap((tag) => tenantInName(tag, world.settings) ?? []);
    if (tenants.length === 0) continue;
    const owner = await ownerOf(machine, world);
    if (tenants.every((tenant) => tenant === owner)) continue;
    report({
      en: `the root disk of ${machine.name} of ${ownerName(owner).en} lies in storage of tenant ${tenants.join(", ")} (${name})`,
      ko: `${ownerName(owner).ko}의 ${machine.name} 루트 디스크가 테넌트 ${tenants.join(", ")}의 스토리지(${name})에 있음`,
    });
  }
}

type Report = (message: Text) => void;
