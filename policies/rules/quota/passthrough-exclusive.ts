import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { stackRule } from "../../core/rule.ts";
import type { Subject } from "../../core/subject.ts";
import { undecidedReason } from "../../core/unknown.ts";
import { type GpuDevice, type HostDevice, types } from "../../model/types.ts";

interface Holder {
  subject: Subject<unknown>;
  /** What tells two machines apart, even before either has an id. */
  machine: string;
}

export default stackRule({
  id: "quota-passthrough-exclusive",
  title: { en: "A device that is passed through is in one machine only", ko: "패스스루 장치는 VM 하나에만 할당" },
  description: {
    en: "Mold writes the device into a machine's definition without asking who has it: the second machine does not start, or takes it over with the first one's data in its memory.",
    ko: "Mold는 장치 점유 여부를 확인하지 않고 VM 정의에 기록한다. 두 번째 VM은 시작되지 않거나 첫 VM의 데이터가 남은 장치를 넘겨받는다.",
  },
  severity: "critical",
  strength: "hard",
  requirements: ["P5.1", "P5.2"],
  frameworks: [
    n2sf("IS-4", "isolation of resources"),
    csap("9.1", "creation, change and reclaim of virtual resources"),
  ],
  remediation: {
    en: [
      "Give each machine devices of its own",
      "A card that is cut in slices is not given away whole (type VGPUOnly)",
    ],
    ko: ["VM마다 별도의 장치를 할당", "슬라이스로 나눈 카드는 통째로 할당하지 않음 (type VGPUOnly)"],
  },
  example: `new gpu.HostDevice("ai-train-01", { hostId, busAddresses: ["0000:3b:00.0"], instanceId: first.id });
new gpu.HostDevice("ai-train-02", { hostId, busAddresses: ["0000:3b:00.0"], instanceId: second.id });`,
  settings: z.strictObject({}),
  grades: {},
  kind: "stack",
  types: [types.hostDevice, types.gpuDevice],
  async check(world, { report, part }) {
    const holders = new Map<string, Holder>();
    for (const device of world.ofType<HostDevice>(types.hostDevice)) {
      await part(() => {
        const { hostId, busAddresses } = device.props;
        const machine = machineOf(device);
        for (const address of busAddresses) {
          const key = `${hostId} ${canonical(address)}`;
          const holder = holders.get(key);
          if (holder === undefined) holders.set(key, { subject: device, machine });
          else if (holder.machine !== machine) {
            report(
              {
                en: `device ${address} is in ${holder.subject.name} and in ${device.name}`,
                ko: `장치 ${address}이(가) ${holder.subject.name}와(과) ${device.name}에 동시에 할당됨`,
              },
              device,
            );
          }
        }
      });
    }
    const devices = world.ofType<GpuDevice>(types.gpuDevice);
    const whole = new Map(devices.filter(isWhole).map((device) => [device.urn, device]));
    for (const slice of devices) {
      const { parentGpuDeviceId } = slice.raw;
      if (parentGpuDeviceId === undefined || slice.raw.managed === false) continue;
      await part(async () => {
        const cards = await world.referents<GpuDevice>(slice, "parentGpuDeviceId", types.gpuDevice, [
          parentGpuDeviceId,
        ]);
        for (const { urn, name } of cards) {
          const card = whole.get(urn);
          if (card === undefined) continue;
          report(
            {
              en: `card ${name} is given away whole and, as ${slice.name}, in slices`,
              ko: `카드 ${name}이(가) 통째로도, 슬라이스(${slice.name})로도 할당 가능함`,
            },
            card,
          );
        }
      });
    }
  },
});

/** A card that machines may be given as it is. */
function isWhole({ raw }: Subject<GpuDevice>): boolean {
  return raw.parentGpuDeviceId === undefined && raw.managed !== false && (raw.type ?? "PCI") === "PCI";
}

function machineOf(device: Subject<HostDevice>): string {
  const [urn] = device.dependencies.get("instanceId") ?? [];
  if (urn !== undefined) return urn;
  try {
    return device.props.instanceId;
  } catch (error) {
    // An instance that is still to be made, by a program that the engine says nothing about: its own at any rate.
    if (undecidedReason(error) === undefined) throw error;
    return device.urn;
  }
}

/** Mold leaves the PCI domain out where it is 0. */
function canonical(address: string): string {
  const lower = address.toLowerCase();
  return /^[0-9a-f]{2}:/.test(lower) ? `0000:${lower}` : lower;
}
