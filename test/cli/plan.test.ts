import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { bar, percent } from "../../cli/plan/bar.ts";
import { matrixOf } from "../../cli/plan/matrix.ts";
import type { PlanReport } from "../../cli/plan/report.ts";
import { planText } from "../../cli/plan/text.ts";
import { trunksOf } from "../../cli/plan/trunks.ts";
import { contains, parseCidr } from "../../src/plan/cidr.ts";
import { flows } from "../../src/plan/flows.ts";
import { canReach } from "../plan/reach.ts";
import { cardOverrides, hardOverrides, profiles, reported } from "./plan-profiles.ts";

const strata = join(import.meta.dirname, "../../cli/strata");
const folder = mkdtempSync(join(tmpdir(), "strata-plan-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(words: string[], settings: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(strata, words, {
    env: { ...process.env, ...settings },
    cwd: folder,
    encoding: "utf8",
  });
  return { code: status, out: stdout, err: stderr };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

describe.each(profiles)("the plan of %s", (profile) => {
  const { plan, report } = reported(profile);

  test("its machines, hosts, cards and volumes add up to its totals", () => {
    const { vms, hosts, gpus, totals, storage, tenants } = report;
    expect(totals).toEqual(plan.totals);
    expect(totals).toEqual({
      vms: vms.length,
      vcpus: sum(vms.map(({ vcpus }) => vcpus)),
      memoryGiB: sum(vms.map(({ memoryGiB }) => memoryGiB)),
      gpuCards: gpus.filter(({ state }) => state !== "free").length,
    });
    for (const host of hosts) {
      const own = vms.filter((vm) => vm.host === host.name);
      expect(own.map(({ name }) => name).sort()).toEqual([...host.vms].sort());
      expect(sum(own.map(({ vcpus }) => vcpus))).toBe(host.vcpus.used);
      expect(sum(own.map(({ memoryGiB }) => memoryGiB))).toBe(host.memoryGiB.used);
    }
    expect(sum(hosts.map(({ vms: own }) => own.length))).toBe(vms.length);
    for (const { name, gpu } of vms.filter((vm) => vm.gpu !== undefined)) {
      const held = gpus.flatMap(({ host, index, slots }) =>
        slots.filter(({ vm }) => vm === name).map(({ memoryGiB }) => ({ host, index, memoryGiB })),
      );
      const wanted = gpu?.cards.map((index) => ({ host: gpu.host, index, memoryGiB: gpu.memoryGiB })) ?? [];
      expect(held, name).toEqual([...wanted].sort((one, other) => one.index - other.index));
    }
    const volumes = sum(vms.map(({ data }) => data?.sizeGiB ?? 0));
    expect(sum(storage.pools.map(({ volumesGiB }) => volumesGiB)) + storage.primary.dataGiB).toBe(volumes);
    for (const { uses, limits } of tenants) {
      for (const [kind, amount] of Object.entries(uses)) {
        expect(amount, kind).toBeLessThanOrEqual(limits[kind as keyof typeof limits]);
      }
    }
  });

  test("its links are what the routers let through between machines, and nothing else", () => {
    expectLinksToHold(plan, report);
  });

  test("as text it names every machine, host, network and pool, in lines that a wide terminal shows", () => {
    const text = planText(report);
    const names = [report.vms, report.hosts, report.networks.map(({ key }) => ({ name: key })), report.storage.pools];
    for (const { name } of names.flat()) expect(text).toContain(name);
    for (const { message } of report.compromises) expect(text).toContain(message);
    for (const { because } of report.vms.flatMap((vm) => vm.liveMigration ?? [])) expect(text).toContain(because ?? "");
    expect(text).toMatch(/in all +│ \d+/);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThan(230);
  });
});

function expectLinksToHold(plan: Parameters<typeof canReach>[0], { vms, networks, links }: PlanReport) {
  const tiers = new Set(networks.filter(({ kind }) => kind === "tier").map(({ key }) => key));
  const within = (address: string, cidrs: readonly string[]) =>
    cidrs.some((cidr) => {
      const [outer, inner] = [parseCidr(cidr), parseCidr(`${address}/32`)];
      return outer !== undefined && inner !== undefined && contains(outer, inner);
    });
  for (const from of vms) {
    for (const to of vms.filter((vm) => vm !== from)) {
      const neighbours = from.nics.some(({ zone }) => to.nics.some((nic) => nic.zone === zone));
      const [source] = from.nics;
      for (const port of new Set([1, ...flows.map((flow) => flow.port)])) {
        const linked = to.nics.some(({ zone, address }) =>
          links.some(
            (link) =>
              tiers.has(zone) &&
              link.from === source?.zone &&
              link.to === zone &&
              link.port === port &&
              within(source.address, link.sources) &&
              within(address, link.destinations),
          ),
        );
        const reach = canReach(plan, from.name, to.name, port);
        expect(reach, `${from.name} to ${to.name} on ${port}`).toBe(neighbours || linked);
      }
    }
  }
}

describe("strata plan --json", { timeout: 60_000 }, () => {
  test("has a machine's size, place, share of a card, addresses and volume", () => {
    const { code, out, err } = run(["plan", "enterprise", "--json"]);
    expect([code, err]).toEqual([0, ""]);
    const report: PlanReport = JSON.parse(out);
    expect(Object.keys(report).sort()).toEqual(
      [
        ...["compromises", "documentTotals", "failures", "formatVersion", "gpus", "groups", "hosts", "links"],
        ...["networks", "platform", "profile", "quality", "storage", "survival", "tenants", "totals"],
        ...["totalsByLayer", "vms"],
      ].sort(),
    );
    const vm = report.vms.find(({ name }) => name === "ai-a-train-01");
    const card = report.gpus.find(({ slots }) => slots.some((slot) => slot.vm === "ai-a-train-01"));
    expect(vm).toMatchObject({
      name: "ai-a-train-01",
      owner: "tenant-a",
      layer: 1,
      roles: ["train"],
      vcpus: 4,
      memoryGiB: 16,
      rootDiskGiB: 20,
      data: { sizeGiB: 50, pool: "tenant-a-ai-data", folders: ["/experiments"] },
      gpu: {
        mode: "vgpu",
        model: "A100-40",
        profile: "A100-8C",
        count: 1,
        memoryGiB: 8,
        host: card?.host,
        cards: [card?.index],
        reason: expect.stringContaining("A100-4C, A100-5C are too small"),
      },
      nics: [{ zone: "tenant-a", vlan: 20, address: "10.0.20.16" }],
      host: card?.host,
      ha: false,
      liveMigration: { possible: false, targets: 0, because: expect.stringMatching(/^it has 1 × A100-8C of a card/) },
      priority: "medium",
      groups: [],
    });
    expect(card).toMatchObject({ model: "A100-40", state: "vgpu", profile: "A100-8C", role: { name: "tenant" } });
    expect(card?.slots).toHaveLength(5);
    expect(report.tenants[0]).toMatchObject({
      gpu: { slicesGiB: 12, quotaGiB: 24, burstGiB: 40, jobs: 2, priority: "normal" },
      storage: { kind: "pool", name: "tenant-a-ai-data", quotaGiB: 500, volumesGiB: 300 },
    });
    const archive = report.storage.pools.find(({ name }) => name === "ai-archive");
    expect(archive).toMatchObject({ redundancy: "4+2", failureDomains: 6, quotaGiB: 5120, rawGiB: 7680 });
    // P6.2: 4.8 TB of usable SSD, three copies of it; besides, the index of what lies on HDD.
    const index = report.storage.pools.find(({ name }) => name === "ai-archive.index");
    expect(index).toMatchObject({ kind: "index", tier: "hot", redundancy: "3 copies", quotaGiB: 52 });
    expect(report.storage.raw).toContainEqual({ deviceClass: "ssd", quotaGiB: 4872 + 52, rawGiB: 14_616 + 3 * 52 });
    expect(report.failures.map(({ failed }) => failed)).toEqual(["cpu-1", "cpu-2", "gpu-1", "gpu-2"]);
    const gpuFailure = report.failures.find(({ failed }) => failed === "gpu-1");
    expect(gpuFailure?.leftOut).toContainEqual(
      expect.objectContaining({ machine: "ai-infer-01", priority: "high", replicas: ["ai-infer-02"] }),
    );
    // Two training machines of tenants, one of the platform; the inference server.
    expect(gpuFailure?.leftOutByPriority).toEqual({ high: 1, medium: 3, low: 0 });
    expect(JSON.parse(run(["totals", "enterprise", "--json"]).out)).toEqual(report.totals);
  });

  test("counts with the overrides of the call, else with those of the environment, as totals do", () => {
    const site = join(folder, "site.yaml");
    writeFileSync(site, "sharedAi: { machines: [{ name: ai-registry-01, memory: 12 GiB }] }\n");
    const memory = (words: string[], settings?: Record<string, string>) => {
      const plan = run(["plan", "demo-cpu", "--json", ...words], settings);
      const totals = run(["totals", "demo-cpu", "--json", ...words], settings);
      expect(JSON.parse(plan.out).totals).toEqual(JSON.parse(totals.out));
      return JSON.parse(totals.out).memoryGiB;
    };
    expect(memory(["--overrides", site])).toBe(84);
    // A stack's own file has them among its configuration.
    const stack = join(folder, "Pulumi.suwon.yaml");
    const overrides = "{ sharedAi: { machines: [{ name: ai-registry-01, memory: 16 GiB }] } }";
    writeFileSync(
      stack,
      `encryptionsalt: v1:x\nconfig:\n  strata:profile: demo-cpu\n  strata:overrides: ${overrides}\n`,
    );
    expect(memory(["--overrides", stack])).toBe(88);
    // An answer about another profile than the stack's would be a wrong one.
    expect(run(["totals", "demo-gpu", "--json", "--overrides", stack])).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringMatching(/strata:profile = "demo-cpu"[\s\S]*remedy: ask for demo-cpu/),
    });
    // A new one has its salt only.
    const fresh = join(folder, "Pulumi.new site.yaml");
    writeFileSync(fresh, "encryptionsalt: v1:x\n");
    expect(memory(["--overrides", fresh])).toBe(76);
    const environment = { STRATA_OVERRIDES: "sharedAi: { machines: [{ name: ai-registry-01, memory: 8 GiB }] }" };
    expect(memory([], environment)).toBe(80);
    const spaced = join(folder, "a site.yaml");
    writeFileSync(spaced, "sharedAi: { machines: [{ name: ai-registry-01, memory: 12 GiB }] }\n");
    expect(memory([], { STRATA_OVERRIDES: spaced })).toBe(84);
    expect(memory(["--overrides", site], environment)).toBe(84);
  });

  test("says as JSON why a plan is impossible", () => {
    const overrides = "infrastructure: { hosts: { gpu: { count: 1 } } }";
    const { code, out, err } = run(["plan", "enterprise", "--json", "--overrides", overrides]);
    expect([code, err]).toEqual([1, ""]);
    const { error } = JSON.parse(out);
    expect(error.message).toContain("infrastructure.hosts");
    expect(error.mistakes.length).toBeGreaterThan(0);
    for (const mistake of error.mistakes)
      expect(mistake).toMatchObject({ path: expect.any(String), rule: expect.any(String) });

    const text = run(["plan", "enterprise", "--overrides", overrides]);
    expect([text.code, text.out]).toEqual([1, ""]);
    expect(text.err).toContain(error.mistakes[0].rule);

    const unknown = run(["plan", "enterprize", "--json"]);
    expect(unknown.code).toBe(1);
    expect(JSON.parse(unknown.out).error.mistakes[0]).toMatchObject({
      path: "profile",
      remedy: expect.stringContaining("enterprise"),
    });
  });

  test("says what is wrong with a call", () => {
    expect(run(["plan"])).toMatchObject({ code: 2, err: expect.stringContaining("strata plan <profile>") });
    expect(run(["plan", "demo-cpu", "--json", "--html", "x.html"])).toMatchObject({ code: 2 });
    expect(run(["plan", "demo-cpu", "--overrides", "none.yaml"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("--overrides none.yaml"),
    });
    writeFileSync(join(folder, "text.yaml"), "config: { 'strata:overrides': '{}' }\n");
    expect(run(["plan", "demo-cpu", "--overrides", "text.yaml"])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/--overrides text\.yaml: strata:overrides is a text.*config set --path/),
    });
    expect(run(["plan", "demo-cpu", "--overrides", "owner: a.yaml"]).err).toContain("unknown key");
    const wrong = run(["plan", "demo-cpu", "--overrides", "tenant: []"]);
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringMatching(/tenant .*\(--overrides\)/)]);
    // YAML that is none, too: every mistake with its line, as JSON where JSON was asked for.
    const broken = run(["plan", "demo-cpu", "--json", "--overrides", "a: 1\na: 2\nb: 1\nb: 2\n"]);
    expect([broken.code, broken.err]).toEqual([1, ""]);
    const { mistakes } = JSON.parse(broken.out).error;
    expect(mistakes.map(({ source }: { source: string }) => source)).toEqual(["--overrides:2", "--overrides:4"]);
  });

  test("writes the page where it is told to", () => {
    const { code, out } = run(["plan", "demo-cpu", "--html", "sub/plan.html"]);
    expect([code, out]).toEqual([0, "the plan of demo-cpu is in sub/plan.html\n"]);
    expect(readFileSync(join(folder, "sub/plan.html"), "utf8")).toContain("<title>Plan of demo-cpu</title>");
  });
});

test("a card's slots are all of its memory, however it is cut up", () => {
  const { report } = reported("civil-complaint", cardOverrides);
  expect(report.gpus.map(({ state }) => state).sort()).toEqual(["free", "free", "mig", "mig", "timeSliced", "whole"]);
  for (const { host, index, slots, memoryGiB } of report.gpus) {
    expect(sum(slots.map((slot) => slot.memoryGiB)), `${host} ${index}`).toBe(memoryGiB);
  }
  const instances = report.gpus.flatMap(({ state, slots }) => (state === "mig" ? slots : []));
  expect(instances).toContainEqual(expect.objectContaining({ vm: "ai-infer-02", profile: "3g.20gb", memoryGiB: 20 }));
  expect(report.failures.filter(({ domain }) => domain === "rack").map(({ failed }) => failed)).toEqual([
    "rack-1",
    "rack-2",
  ]);
  const text = planText(report);
  expect(text).toContain("rack rack-1");
  expect(text).toMatch(/left out: (\d high, )?\d medium/);
  expect(text).toContain("CloudStack itself keeps no order");
});

test("says of each pool whether machines encrypt what lies in it, and what nobody does (P1.6)", () => {
  const { report } = reported("enterprise");
  const guests = report.storage.pools.flatMap(({ name, atRest }) => (atRest === "guest" ? [name] : []));
  expect(guests.sort()).toEqual(["ai-model-registry", "tenant-a-ai-data", "tenant-b-ai-data", "tenant-c-ai-data"]);
  expect(planText(report)).toMatch(/encrypted at rest by their machines.*files and objects only where/);
  expect(planText(reported("demo-cpu").report)).toContain("data volumes are not encrypted at rest");
});

describe("the matrix", () => {
  test("has a row for every network, and the world's only way in", () => {
    const { report } = reported("demo-cpu");
    const { rows, columns, cells } = matrixOf(report);
    expect(rows.map(({ label }) => label)).toEqual(["world", ...columns.map(({ label }) => label)]);
    expect(columns.map(({ keys }) => keys[0])).toEqual(
      report.networks.filter(({ kind }) => kind === "tier").map(({ key }) => key),
    );
    const fromWorld = cells[0]?.flatMap(({ links }, column) =>
      links.map(({ port }) => [columns[column]?.keys[0], port]),
    );
    expect(fromWorld).toEqual([["dmz", 443]]);
    for (const [index, column] of columns.entries()) expect(cells[index + 1]?.[index]?.kind, column.label).toBe("same");
  });

  test("puts many tenants into one row, where nothing is open between them", () => {
    const { plan, report } = reported("demo-cpu", hardOverrides);
    expectLinksToHold(plan, report);
    const { rows, columns, cells } = matrixOf(report);
    expect(rows.at(-1)).toMatchObject({ label: "8 tenants", keys: expect.arrayContaining(["tenant-a", "tenant-h"]) });
    expect(cells.at(-1)?.at(-1)).toEqual({ kind: "none", links: [] });
    const toAi = cells.at(-1)?.[columns.findIndex(({ keys }) => keys[0] === "ai")];
    expect(toAi?.links).toEqual([{ port: 443, name: "submission", source: "P1.5, P2.3" }]);
  });

  test("names a port once, however many flows it serves", () => {
    const lines = planText(reported("enterprise").report).split("\n");
    const from = lines.findIndex((line) => line.includes("from \\ to"));
    const cells = lines.slice(from, from + 30).flatMap((line) => line.split("│"));
    const ports = cells.map((cell) => cell.trim()).filter((cell) => /^\d+(, \d+)*$/.test(cell));
    expect(ports).toContain("22, 9100, 9400");
    for (const cell of ports) expect(new Set(cell.split(", ")).size, cell).toBe(cell.split(", ").length);
  });
});

test("trunks say neither more nor less than the links that they are drawn from", () => {
  for (const profile of profiles) {
    const { links } = reported(profile).report;
    const drawn = trunksOf(links).flatMap(({ name, port, from, to }) =>
      from.flatMap((one) => to.map((other) => `${one} ${other} ${name} ${port}`)),
    );
    expect(drawn.sort()).toEqual(links.map(({ from, to, name, port }) => `${from} ${to} ${name} ${port}`).sort());
  }
  const link = { protocol: "tcp", port: 1, name: "x", source: "", sources: [], destinations: [] } as const;
  const partial = [
    ["a", "b"],
    ["a", "c"],
    ["b", "c"],
  ].map(([from = "", to = ""]) => ({ ...link, sources: [], destinations: [], from, to }));
  expect(trunksOf(partial)).toHaveLength(2);
});

test("bars show what is used, and where the hardware ends", () => {
  expect(bar(0, 10, 10, 10)).toBe("░░░░░░░░░░");
  expect(bar(5, 10, 10, 10)).toBe("█████░░░░░");
  expect(bar(1, 1000, 500, 10)).toBe("█░░░░│░░░░░");
  expect(bar(8, 10, 5, 10)).toBe("█████│███░░");
  expect(bar(0, 0, 0, 4)).toBe("░░░░");
  expect([percent(1, 8), percent(1, 0)]).toEqual(["13 %", "–"]);
});
