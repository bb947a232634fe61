import { z } from "zod";
import { csap, n2sf } from "../../core/frameworks.ts";
import { stackRule } from "../../core/rule.ts";
import { cpusOf, memoryMibOf } from "../../model/demand.ts";
import { sizeOf } from "../../model/sizes.ts";
import { type Instance, types } from "../../model/types.ts";

export default stackRule({
  id: "availability-survives-host",
  title: { en: "Without its largest host everything still fits", ko: "가장 큰 호스트 하나가 없어도 모두 수용" },
  description: {
    en: "HA starts machines elsewhere only where there is room. Machines with a share of a card are left out: they wait for their card. Which hosts a site has is told by no resource, so it stands in the pack's configuration.",
    ko: "HA는 자리가 있어야 다른 호스트에서 VM을 시작한다. GPU 지분이 있는 VM은 카드를 기다리므로 제외한다. 호스트 정보는 리소스에 나타나지 않으므로 정책 설정에 적는다.",
  },
  severity: "medium",
  strength: "mandatory",
  requirements: ["T4", "T6", "O4", "P5.2"],
  frameworks: [n2sf("IF-12", "availability"), csap("6.2", "availability")],
  remediation: {
    en: ["Take away machines or make them smaller", "Or add a host and say so in the pack's configuration (hosts)"],
    ko: ["VM 수나 크기를 축소", "또는 호스트를 증설하고 정책 설정(hosts)에 반영"],
  },
  example: `// settings: { hosts: [{ count: 2, cores: 16, memoryGib: 64 }] }, and machines of 70 GiB together`,
  settings: z.strictObject({
    hosts: z
      .array(z.strictObject({ count: z.int().min(1), cores: z.int().min(1), memoryGib: z.number().gt(0) }))
      .min(1)
      .default([
        { count: 2, cores: 64, memoryGib: 512 },
        { count: 2, cores: 48, memoryGib: 256 },
      ])
      .describe("The site's hosts; the default is that of P5.2 for enterprise."),
    cpuOvercommit: z.number().min(1).default(2).describe("How often a core is promised."),
  }),
  grades: {},
  kind: "stack",
  types: [types.instance],
  async check(world, { settings, report, part }) {
    const need = { cpus: 0, gib: 0 };
    for (const instance of world.ofType<Instance>(types.instance)) {
      await part(async () => {
        if ((await sizeOf(instance, world)).raw.vgpuProfileId !== undefined) return;
        need.cpus += await cpusOf(instance, world);
        need.gib += (await memoryMibOf(instance, world)) / 1024;
      });
    }
    const left = withoutLargest(settings.hosts);
    const cpus = left.cores * settings.cpuOvercommit;
    if (need.gib > left.memoryGib) {
      report({
        en: `machines without a card have ${need.gib} GiB, and without the largest host there are ${left.memoryGib} GiB`,
        ko: `GPU 없는 VM 메모리 합계 ${need.gib} GiB, 가장 큰 호스트를 뺀 용량 ${left.memoryGib} GiB`,
      });
    }
    if (need.cpus > cpus) {
      report({
        en: `machines without a card have ${need.cpus} vCPU, and without the largest host there are ${cpus}`,
        ko: `GPU 없는 VM의 vCPU 합계 ${need.cpus}, 가장 큰 호스트를 뺀 용량 ${cpus}`,
      });
    }
  },
});

function withoutLargest(hosts: readonly { count: number; cores: number; memoryGib: number }[]) {
  const sum = (of: (host: (typeof hosts)[number]) => number) =>
    hosts.reduce((total, host) => total + host.count * of(host), 0) - Math.max(...hosts.map(of));
  return { cores: sum(({ cores }) => cores), memoryGib: sum(({ memoryGib }) => memoryGib) };
}
