import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { resourceRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { ownerName, platform, tenantInName } from "../../model/owner.ts";
import { type Subvolume, types } from "../../model/types.ts";

export default resourceRule({
  id: "isolation-subvolume",
  title: { en: "A tenant's files lie apart", ko: "테넌트의 파일은 분리된 공간에 위치" },
  description: {
    en: "Files of a file system lie in one pool. What keeps a tenant's apart is a namespace of its own, to which its key is confined; and that it lies in no other tenant's group or pool.",
    ko: "파일 시스템의 파일은 한 풀에 저장된다. 테넌트를 분리하는 것은 키가 한정되는 전용 네임스페이스이며, 다른 테넌트의 그룹이나 풀에 있어서는 안 된다.",
  },
  severity: "high",
  strength: "hard",
  requirements: ["P1.3", "AI-01"],
  frameworks: [n2sf("LP-1", "least privilege"), csap("12", "data protection")],
  remediation: {
    en: [
      "Set namespaceIsolated: true",
      "Put the subvolume into its own tenant's group and pool",
      "Give others no right to write (mode 750)",
    ],
    ko: [
      "namespaceIsolated: true 설정",
      "해당 테넌트의 그룹과 풀에 서브볼륨을 생성",
      "다른 사용자의 쓰기 권한 제거 (mode 750)",
    ],
  },
  example: `new fs.Subvolume("b", { filesystem: "ai", group: "tenant-a", name: "tenant-b" });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "resource",
  types: [types.subvolume, types.subvolumeGroup],
  async check(subject: Subject<Subvolume>, { world, report, part }) {
    const whose = (name: string) => tenantInName(name, world.settings) ?? platform;
    const { name } = subject.props;
    const say = (en: string, ko: string) => report({ en: `${name}: ${en}`, ko: `${name}: ${ko}` });
    await part(() => {
      const { group } = subject.props;
      if (group === undefined || whose(group) === platform || whose(group) === whose(name)) return;
      say(
        `lies in group ${group} of ${ownerName(whose(group)).en}`,
        `${ownerName(whose(group)).ko}의 그룹 ${group}에 있음`,
      );
    });
    await part(() => {
      const { poolLayout } = subject.props;
      if (poolLayout === undefined || whose(poolLayout) === platform || whose(poolLayout) === whose(name)) return;
      say(
        `lies in pool ${poolLayout} of ${ownerName(whose(poolLayout)).en}`,
        `${ownerName(whose(poolLayout)).ko}의 풀 ${poolLayout}에 있음`,
      );
    });
    await part(() => {
      // The last digit is what everybody may do; its bit 2 is writing.
      if (((Number(subject.props.mode ?? "755") % 10) & 2) === 0) return;
      say(`everybody may write there (mode ${subject.props.mode})`, `누구나 쓸 수 있음 (mode ${subject.props.mode})`);
    });
    await part(() => {
      if (subject.type !== types.subvolume || subject.props.namespaceIsolated === true) return;
      const isTenants = [name, subject.props.group ?? ""].some((one) => whose(one) !== platform);
      if (isTenants) say("shares its namespace with others", "네임스페이스를 다른 서브볼륨과 공유함");
    });
  },
});
