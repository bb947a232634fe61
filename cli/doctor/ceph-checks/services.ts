import { storedThings } from "../../../src/plan/stored.ts";
import type { CephCheck } from "../exam.ts";
import { fixable, ok, type Result } from "../finding.ts";
import { rowsIn } from "../ours.ts";
import type { Row } from "../questions.ts";

/** The daemons that file systems and buckets need. */
export const services: CephCheck = {
  name: "ceph-services",
  async ask({ ceph, plan }) {
    const kinds = new Set(storedThings(plan).map(({ kind }) => kind));
    const report = await ceph.object("health/minimal");
    const results: Result[] = [];
    if (kinds.has("files")) {
      const { standbys, filesystems } = (report.fs_map ?? {}) as Row;
      const busy = rowsIn(filesystems).flatMap(({ mdsmap }) =>
        Object.keys(((mdsmap as Row | undefined)?.info as Row) ?? {}),
      );
      const count = rowsIn(standbys).length + busy.length;
      results.push(daemons("metadata servers (MDS)", count, "ceph orch apply mds FILESYSTEM --placement=2"));
    }
    if (kinds.has("objects") || kinds.has("bucket")) {
      results.push(
        daemons("object gateways (RGW)", Number(report.rgw ?? 0), "ceph orch apply rgw default --placement=2"),
      );
    }
    return results;
  },
};

function daemons(asked: string, count: number, remedy: string): Result {
  const requirement = "P6.1";
  if (count > 0) return ok(asked, `${count}`, { requirement });
  return fixable({ asked, value: "none", rule: "at least one", remedy, requirement });
}
