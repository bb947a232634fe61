import { powersOf } from "../../../provider/ceph/rgw.ts";
import { quoted } from "../../../provider/core/shell.ts";
import type { Check, CheckFinding } from "../estate.ts";

/** The stack's users of the object gateway that may administer it by now: they reach every tenant's documents and keys. */
export const gatewayUsers: Check = {
  id: "live-gateway-admin",
  title: { en: "No tenant administers the object gateway", ko: "테넌트는 오브젝트 게이트웨이를 관리하지 않음" },
  requirements: ["P1.3", "T5"],
  ofCeph: true,
  async ask({ state, ceph }) {
    const users = state.ofType("ceph:rgw:RgwUser");
    if (ceph === undefined) return [];
    const found = users.map(async ({ id, layer }): Promise<CheckFinding[]> => {
      const powers = powersOf(await ceph.object("rgw/user/{uid}", { path: { uid: id } }));
      if (powers === undefined) return [];
      const uid = quoted(id);
      const commands = `radosgw-admin user modify --uid ${uid} --system=0; radosgw-admin caps rm --uid ${uid} --caps=…`;
      return [
        {
          kind: "gateway user",
          id,
          name: id,
          layer,
          severity: "critical",
          message: { en: `${id} is ${powers}`, ko: `${id}: 게이트웨이 관리 권한 보유 (${powers})` },
          remedy: { en: commands, ko: `권한 회수: ${commands}` },
        },
      ];
    });
    return (await Promise.all(found)).flat();
  },
};
