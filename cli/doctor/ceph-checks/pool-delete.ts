import type { CephCheck } from "../exam.ts";
import { ok } from "../finding.ts";
import { rowsIn } from "../ours.ts";

/** Whether `destroy` can take pools down again. Off is the right setting for data that must stay. */
export const poolDelete: CephCheck = {
  name: "ceph-pool-delete",
  async ask({ ceph }) {
    const name = "mon_allow_pool_delete";
    const { value, default: fallback } = await ceph.object("cluster_conf/{name}", { path: { name } });
    const set = rowsIn(value).find(({ section }) => section === "mon" || section === "global")?.value;
    const isOn = String(set ?? fallback) === "true";
    const advice = `to take the platform down again: ceph config set mon ${name} true`;
    return [ok(name, isOn ? "true" : "false: pools are protected", isOn ? {} : { advice })];
  },
};
