import { rowsOf } from "../../../provider/ceph/wire.ts";
import type { CephCheck } from "../exam.ts";
import { blocking, fixable, ok } from "../finding.ts";
import { rowsIn } from "../ours.ts";
import type { Row } from "../questions.ts";

/** How the cluster is, and whether a second manager could take over. */
export const health: CephCheck = {
  name: "ceph-health",
  async ask({ ceph }) {
    const report = await ceph.object("health/minimal");
    const { status, checks } = (report.health ?? {}) as Row;
    const { standbys } = (report.mgr_map ?? {}) as Row;
    const asked = "health of the cluster";
    const standby = rowsIn(standbys).length;
    const managers = ok("managers that could take over", `${standby}`, {
      ...(standby === 0 && { advice: "ceph orch apply mgr 2: without a second one its failure stops the dashboard" }),
    });
    if (status === "HEALTH_OK") return [ok(asked, "HEALTH_OK"), managers];
    const named = rowsOf(checks).map(({ type, summary }) => `${type} (${((summary ?? {}) as Row).message ?? ""})`);
    const wrong = {
      asked,
      value: `${status}: ${named.sort().join("; ")}`,
      rule: "HEALTH_OK",
      remedy: "ceph health detail",
    };
    return [status === "HEALTH_ERR" ? blocking(wrong) : fixable(wrong), managers];
  },
};
