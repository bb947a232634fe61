import { devicesOfHost } from "../../../provider/cloudstack/hostdevice/devices.ts";
import { formatPci, parsePci } from "../../../provider/cloudstack/pci.ts";
import type { Exam } from "../exam.ts";
import { blocking, fixable, ok, type Result } from "../finding.ts";
import { gpuWayOf, sharesOf } from "../gpu-way.ts";
import { hostRows } from "../live-hosts.ts";
import { oursIn } from "../ours.ts";
import { namesOf, type Row } from "../questions.ts";
import { override, some } from "../remedies.ts";

/** The PCI devices that the profile names for each machine, where the server attaches devices (Mold). */
export const hostDevices = {
  name: "host-devices",
  subject: "GPU",
  async ask(exam: Exam): Promise<Result[]> {
    const shares = sharesOf(exam);
    if (shares.length === 0 || (await gpuWayOf(exam)) !== "hostDevices") return [];
    const hosts = await hostRows(exam);
    const { instanceIds } = await oursIn(exam);
    const results = strangers(exam, hosts);
    const { signal } = new AbortController();
    for (const { machine, share } of shares) {
      const asked = `devices of ${machine}`;
      const requirement = "P5.1";
      const { devices, count, profile } = share;
      const host = hosts.find(({ name }) => name === devices?.server);
      if (devices === undefined || host === undefined) {
        const value = devices === undefined ? "not named" : `on host ${devices.server}, which is not there`;
        const rule = `PCI addresses of ${count} × ${profile} on a host of the server: ${some(hosts.map(({ name }) => String(name)))}`;
        const remedy =
          "in infrastructure.hosts (strata:overrides) give the host a count of 1, its server name and its cards' devices";
        results.push(fixable({ asked, value, rule, remedy, requirement }));
        continue;
      }
      const there = await devicesOfHost({ api: exam.link.client, signal }, String(host.id));
      const wrong = devices.busAddresses.flatMap((address) => {
        const parsed = parsePci(address);
        const device = there.find((one) => one.address === (parsed && formatPci(parsed)));
        if (device === undefined) return `${address} is not there`;
        return device.owner === undefined || instanceIds.has(device.owner)
          ? []
          : `${address} belongs to ${device.owner}`;
      });
      const shown = `${devices.server} ${devices.busAddresses.join(", ")}`;
      const rule = "on the host and free";
      const remedy =
        "name other devices in infrastructure.hosts (strata:overrides): `cmk list hostdevices id=HOST` shows them";
      if (wrong.length === 0) results.push(ok(asked, shown, { requirement }));
      else results.push(blocking({ asked, value: wrong.join(", "), rule, remedy, requirement }));
    }
    return results;
  },
} as const;

/** Hosts of the profile that the server does not have under their names: `up` starts the plan's machines on them. */
function strangers({ plan }: Exam, hosts: readonly Row[]): Result[] {
  const names = namesOf(hosts);
  return plan.infrastructure.hosts.flatMap(({ name, server }) => {
    if (server === undefined || names.includes(server)) return [];
    const rule = `a host of the server: ${some(names)}`;
    const remedy = override(`infrastructure.hosts.${name}.server`, "HOST");
    return [fixable({ asked: `host ${name} on the server`, value: server, rule, remedy, requirement: "P5.2" })];
  });
}
