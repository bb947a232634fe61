import { readdirSync } from "node:fs";
import { join } from "node:path";
import { reportOf } from "../../cli/plan/build.ts";
import { loadPlan } from "../../cli/plan/load.ts";
import type { PlanReport } from "../../cli/plan/report.ts";
import type { Plan } from "../../src/plan/plan.ts";

const folder = join(import.meta.dirname, "../../profiles");

/** Every profile that comes along. */
export const profiles = readdirSync(folder)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => file.slice(0, -".yaml".length));

export function reported(name: string, overrides?: string): { plan: Plan; report: PlanReport } {
  const { profile, plan } = loadPlan(name, overrides);
  return { plan, report: reportOf(name, profile, plan) };
}

/** The longest name that a machine may have. */
export const longName = `ai-d-${"experiments-".repeat(5).slice(0, 55)}-01`;

/** Tenants in Hangul and with characters that mean something in HTML, many of them, one with the longest of names. */
export const hardOverrides = JSON.stringify({
  tenants: [
    { key: "a", name: `수원특례시 <script>alert("정보통신과")</script> & 'AI'` },
    ...["d", "e", "f", "g", "h"].map((key, index) => ({
      key,
      name: `제${index + 4} 구청 데이터센터 인공지능 담당관실`,
      dataClass: "sensitive",
      vlan: 23 + index,
      cidr: `10.0.${23 + index}.0/24`,
      storage: "100 GiB",
      machines: [
        {
          name: key === "d" ? longName : `ai-${key}-ml-01`,
          roles: ["train", "serve"],
          cpus: 1,
          memory: "2 GiB",
          data: { size: "10 GiB", folders: ["/models"] },
        },
      ],
    })),
  ],
});

/** Every way of giving cards away, on hosts in racks: whole, MIG, time-sliced, and one card left over. */
export const cardOverrides = JSON.stringify({
  sharedAi: {
    machines: [
      { name: "ai-infer-01", gpu: { mode: "mig", memory: "10 GiB" } },
      { name: "ai-infer-02", gpu: { mode: "mig", memory: "20 GiB" } },
      { name: "ai-registry-01", gpu: { mode: "timeSlicing", memory: "1 GiB" } },
    ],
  },
  infrastructure: {
    gpu: {
      cards: [
        {
          model: "A100-40",
          vendorId: "10de",
          deviceId: "20f1",
          memory: "40 GiB",
          timeSlicing: [{ name: "A100-40-shared", memory: "10 GiB", perCard: 4 }],
        },
      ],
    },
    hosts: {
      gpu: { racks: ["rack-1", "rack-2"], gpus: [{ card: "A100-40", count: 3, numa: [0, 0, 1] }] },
      cpu: { racks: ["rack-1"] },
    },
  },
});

/** What pages are tried with. */
export const pages = [
  ...profiles.map((profile) => ({ name: profile, profile, overrides: undefined })),
  { name: "hard", profile: "demo-cpu", overrides: hardOverrides },
  { name: "cards", profile: "civil-complaint", overrides: cardOverrides },
];
