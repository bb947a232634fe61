import { type GpuShare, shareName, wholeCard } from "../../../src/plan/gpu-share.ts";
import type { Exam } from "../exam.ts";
import { blocking, fixable, ok, type Result } from "../finding.ts";
import { gpuWayOf, sharesOf } from "../gpu-way.ts";
import { isFree } from "../live-cards.ts";
import { hostRows } from "../live-hosts.ts";
import { type Ours, oursIn } from "../ours.ts";
import type { Row } from "../questions.ts";
import { cmk, some } from "../remedies.ts";

/** Whether hosts have the shares of cards that the plan gives out, where the server has the GPU API (P5). */
export const gpuDevices = {
  name: "gpu-devices",
  subject: "GPU",
  async ask(exam: Exam): Promise<Result[]> {
    const shares = sharesOf(exam);
    if (shares.length === 0 || (await gpuWayOf(exam)) !== "offering") return [];
    const { cloud } = exam;
    const hosts = new Set((await hostRows(exam)).map(({ id }) => id));
    const devices = (await cloud.rows("listGpuDevices")).filter(({ hostid }) => hosts.has(hostid));
    const profiles = await cloud.rows("listVgpuProfiles");
    const ours = await oursIn(exam);
    const kinds = Map.groupBy(shares, ({ share }) => `${share.vendorId}:${share.deviceId} ${share.profile}`);
    const results = [...kinds.values()].map((users) => profileResult(users, { devices, profiles, ours }));
    return [...results, ...unhealthy(devices)];
  },
} as const;

type Users = readonly { machine: string; share: GpuShare }[];

function profileResult(users: Users, at: { devices: readonly Row[]; profiles: readonly Row[]; ours: Ours }): Result {
  const share = users[0]?.share;
  if (share === undefined) throw new RangeError("a group has at least one member");
  const asked = `free ${shareName(share)}${share.profile === wholeCard ? ", whole" : ""}`;
  const requirement = "P5.2";
  const same = at.profiles.filter((row) => row.vendorid === share.vendorId && row.deviceid === share.deviceId);
  const profile = same.find(({ name }) => name === share.profile);
  if (profile === undefined) {
    const there = same.length > 0 ? same : at.profiles;
    const value = `the server has no profile ${share.profile} of card ${share.vendorId}:${share.deviceId}`;
    const rule = `one of ${some(there.map(({ vendorid, deviceid, name }) => `${vendorid}:${deviceid} ${name}`))}`;
    const remedy =
      "say in infrastructure.gpu.cards (strata:overrides) what the server calls cards and slices; or install the vGPU driver and `cmk discover gpudevices id=HOST`";
    return fixable({ asked, value, rule, remedy, requirement });
  }
  const usable = at.devices.filter((row) => row.vgpuprofileid === profile.id && row.gpudevicetype !== "VGPUOnly");
  const free = usable.filter((row) => isFree(row, at.ours));
  const byHost = Map.groupBy(free, ({ hostname }) => String(hostname));
  const needed = users.reduce((sum, one) => sum + one.share.count, 0);
  const most = Math.max(...users.map((one) => one.share.count));
  const shown = [...byHost].map(([host, rows]) => `${host} ${rows.length}`).sort();
  const fullest = Math.max(0, ...[...byHost.values()].map((rows) => rows.length));
  const value = `${free.length} of ${usable.length} (${some(shown)})`;
  if (free.length >= needed && fullest >= most) return ok(asked, `${value}, ${needed} needed`, { requirement });
  const rule = `${needed} for ${some(users.map(({ machine }) => machine))}, up to ${most} on one host`;
  const unmanaged = usable.filter(({ managedstate }) => managedstate === "Unmanaged");
  if (free.length + unmanaged.length >= needed && unmanaged.length > 0) {
    const remedy = cmk("manage gpudevice", { ids: unmanaged.map(({ id }) => id).join(",") });
    return fixable({ asked, value: `${value}, ${unmanaged.length} unmanaged`, rule, remedy, requirement });
  }
  const remedy =
    "carve or free cards on the hosts, then `cmk discover gpudevices id=HOST`; a stopped instance keeps its share";
  return blocking({ asked, value, rule, remedy, requirement });
}

function unhealthy(devices: readonly Row[]): Result[] {
  const broken = devices.filter(({ state }) => state === "Error");
  if (broken.length === 0) return [ok("state of the GPUs", "none in Error", { requirement: "P5.6" })];
  const value = `in Error: ${some(broken.map(({ hostname, busaddress }) => `${hostname} ${busaddress}`))}`;
  const [first] = broken;
  const remedy = `look at the card on its host (nvidia-smi, dmesg), then ${cmk("discover gpudevices", { id: String(first?.hostid) })}`;
  const rule = "none in Error: the host reports them no longer";
  return [fixable({ asked: "state of the GPUs", value, rule, remedy, requirement: "P5.6" })];
}
