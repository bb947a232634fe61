import type { CephCheck } from "../exam.ts";
import { fixable, ok } from "../finding.ts";
import { rowsIn } from "../ours.ts";
import type { Row } from "../questions.ts";
import { override, some } from "../remedies.ts";

/** Whether hosts and guests will look for the monitors where they are: a primary storage with others is never mounted. */
export const monitors: CephCheck = {
  name: "ceph-monitors",
  async ask({ ceph, plan }) {
    const named = plan.infrastructure.ceph?.monitors;
    if (named === undefined) return [];
    const { in_quorum: quorum } = await ceph.object("monitor");
    const there = rowsIn(quorum).flatMap(({ name, public_addrs: addresses, addr }) => {
      const vector = rowsIn(((addresses ?? {}) as Row).addrvec).map((one) => one.addr);
      return { name: String(name), addresses: [...vector, addr].map((one) => hostOf(String(one))) };
    });
    const strangers = named.filter(
      (one) => isAddress(one) && !there.some(({ addresses }) => addresses.includes(hostOf(one))),
    );
    const asked = "monitors of infrastructure.ceph";
    // Where a name leads is for the hosts' own DNS to say.
    if (strangers.length === 0) return [ok(asked, some([...named]))];
    const known = there.flatMap(({ addresses }) => addresses[0] ?? []);
    const rule = `in the quorum, as ${some(there.map(({ name, addresses }) => `${name} at ${addresses[0]}`))} are`;
    // `config set` knows no lists, only their places.
    const commands = known.map((one, index) =>
      override(`infrastructure.ceph.monitors[${index}]`, one.includes(":") ? `[${one}]` : one),
    );
    return [fixable({ asked, value: some(strangers), rule, remedy: commands.join(" && ") })];
  },
};

const isAddress = (text: string) => /^[\d.]+(:\d+)?$/.test(text) || text.includes("::");

/** Without port and nonce: `10.0.6.201:6789/0`, `[fd00::1]:3300`. */
function hostOf(text: string): string {
  const bare = text.replace(/\/\d+$/, "");
  return /^\[(.*)\]/.exec(bare)?.[1] ?? (bare.split(":").length > 2 ? bare : bare.replace(/:\d+$/, ""));
}
