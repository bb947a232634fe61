import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startEmulator } from "../../emulator/cloudstack/server.ts";
import { type Caller, callerOf, jobOf, object, rows } from "./client.ts";

let stateDir: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "emulator-state-"));
});

afterEach(async () => {
  if (child && child.exitCode === null && child.signalCode === null) await kill("SIGKILL");
  child = undefined;
  rmSync(stateDir, { recursive: true, force: true });
});

interface Endpoint {
  readonly pid: number;
  readonly apiUrl: string;
  readonly controlUrl: string;
  readonly apiKey: string;
  readonly secretKey: string;
}

/** Starts the emulator as a process of its own and waits for its endpoint file. */
async function start(latency: "none" | "real" = "none"): Promise<Endpoint> {
  rmSync(join(stateDir, "endpoint.json"), { force: true });
  child = spawn(process.execPath, ["emulator/cloudstack/main.ts", "--state", stateDir, "--latency", latency], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  while (!existsSync(join(stateDir, "endpoint.json"))) await new Promise((resolve) => setTimeout(resolve, 20));
  return JSON.parse(readFileSync(join(stateDir, "endpoint.json"), "utf8")) as Endpoint;
}

async function kill(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  if (!child) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

async function domainNames(call: Caller): Promise<string[]> {
  return rows(await call("listDomains", { listall: true }), "domain").map((domain) => String(domain.name));
}

const inventoryOf = async ({ controlUrl }: { readonly controlUrl: string }) =>
  (await fetch(`${controlUrl}/inventory`)).text();

describe("a killed emulator", () => {
  it("comes back with everything it answered for, whenever it is killed in the middle of writing", async () => {
    const answered = new Set<string>();
    let keys = "";
    for (let round = 0; round < 3; round += 1) {
      const endpoint = await start();
      const call = callerOf(endpoint);
      if (keys !== "") expect(`${endpoint.apiKey}/${endpoint.secretKey}`).toBe(keys);
      keys = `${endpoint.apiKey}/${endpoint.secretKey}`;
      const names = new Set(await domainNames(call));
      for (const name of answered) expect(names, `${name} was answered for and is lost`).toContain(name);

      const stopAt = 60 + round * 37;
      let done = 0;
      const writer = async (lane: number) => {
        for (let n = 0; ; n += 1) {
          const name = `d-${round}-${lane}-${n}`;
          const answer = await call("createDomain", { name }).catch(() => undefined);
          if (!answer) return;
          answered.add(name);
          done += 1;
          if (done === stopAt) child?.kill("SIGKILL");
        }
      };
      await Promise.all([1, 2, 3, 4].map(writer));
    }
    const call = callerOf(await start());
    expect(new Set(await domainNames(call)).size).toBeGreaterThanOrEqual(answered.size);
    expect(answered.size).toBeGreaterThan(200);
  }, 60_000);

  it("fails the jobs that it did not finish, as a restarted management server does", async () => {
    const before = await start("real");
    const zone = rows(await callerOf(before)("listZones"), "zone")[0];
    const offering = rows(await callerOf(before)("listVPCOfferings"), "vpcoffering")[0];
    const params = { name: "v", cidr: "10.9.0.0/16", zoneid: String(zone?.id), vpcofferingid: String(offering?.id) };
    const accepted = await callerOf(before)("createVPC", params);
    await kill("SIGKILL");

    const call = callerOf(await start());
    expect(await jobOf(call, accepted)).toMatchObject({ jobstatus: 2, jobresultcode: 530 });
  }, 30_000);

  it("ends on SIGTERM, takes its endpoint file away and starts again with the same things", async () => {
    const endpoint = await start();
    const id = object(await callerOf(endpoint)("createDomain", { name: "kept" }), "domain").id;
    const inventory = await inventoryOf(endpoint);
    await kill("SIGTERM");
    expect(existsSync(join(stateDir, "endpoint.json"))).toBe(false);
    const again = await start();
    expect(await inventoryOf(again)).toBe(inventory);
    expect(inventory).toContain(String(id));
  }, 30_000);
});

describe("the state file", () => {
  const path = () => join(stateDir, "state.jsonl");

  it("loses a torn last line and nothing else", async () => {
    const first = await startEmulator({ stateDir, latency: "none" });
    await callerOf(first)("createDomain", { name: "whole" });
    await first.close();
    appendFileSync(path(), '{"rows":{"domains":[{"id":99,"uu');
    const second = await startEmulator({ stateDir, latency: "none" });
    expect(await domainNames(callerOf(second))).toEqual(["ROOT", "whole"]);
    await second.close();
    expect(readFileSync(path(), "utf8")).not.toContain('"id":99');
  });

  it("is refused when it is damaged anywhere else", async () => {
    const first = await startEmulator({ stateDir, latency: "none" });
    await first.close();
    writeFileSync(path(), `not json\n${readFileSync(path(), "utf8")}`);
    await expect(startEmulator({ stateDir })).rejects.toThrow(/state\.jsonl:1: the emulator's state is damaged/);
  });

  it("gives back exactly what was there, with removed things resolvable and internal ids not used twice", async () => {
    const first = await startEmulator({ stateDir, latency: "none" });
    const call = callerOf(first);
    const gone = String(object(await call("createDomain", { name: "gone" }), "domain").id);
    await jobOf(call, await call("deleteDomain", { id: gone }));
    const inventory = await inventoryOf(first);
    await first.close();

    const second = await startEmulator({ stateDir, latency: "none" });
    expect(await inventoryOf(second)).toBe(inventory);
    const answer = await callerOf(second)("listDomains", { id: gone });
    expect(answer.content.errortext).toMatch(/^Domain id=2 doesn't exist$/);
    const next = String(object(await callerOf(second)("createDomain", { name: "next" }), "domain").id);
    await jobOf(callerOf(second), await callerOf(second)("deleteDomain", { id: next }));
    expect((await callerOf(second)("listDomains", { id: next })).content.errortext).toBe("Domain id=3 doesn't exist");
    await second.close();
  });
});
