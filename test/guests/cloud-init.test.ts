import { expect, test } from "vitest";
import { parse } from "yaml";
import { checkedPlan } from "../../src/checked-plan.ts";
import { loadProfile } from "../../src/config/profile.ts";
import { cloudInit } from "../../src/guests/cloud-init.ts";
import { planProfile } from "../../src/plan/plan.ts";

const plan = planProfile(loadProfile({ profile: "demo-cpu" }));
const machines = [...plan.tenants, plan.gate, plan.sharedAi, plan.edge].flatMap((layer) => layer.machines);

/** The configuration as cloud-init reads it: YAML 1.1. */
function guest(name: string) {
  const machine = machines.find((candidate) => candidate.name === name);
  if (machine === undefined) throw new Error(`no ${name}`);
  const text = cloudInit(machine, plan.guests);
  expect(text.startsWith("#cloud-config\n")).toBe(true);
  const config = parse(text, { version: "1.1" });
  const files = new Map<string, { permissions: string; content: string }>(
    (config.write_files ?? []).map((file: { path: string }) => [file.path, file]),
  );
  return { config, files, commands: config.runcmd.map((words: string[]) => words.join(" ")) };
}

test.each(machines.map(({ name }) => name))("%s has its name, the time zone of Seoul and node_exporter", (name) => {
  const { config, commands } = guest(name);
  expect(config).toMatchObject({
    hostname: name,
    fqdn: `${name}.ai.internal`,
    timezone: "Asia/Seoul",
    packages: ["prometheus-node-exporter"],
  });
  expect(commands).toContain("systemctl enable --now prometheus-node-exporter");
});

test("a machine with data mounts its folders by a service that waits for the volume (P1.3)", () => {
  const { files, commands } = guest("ai-c-ml-01");
  expect(files.get("/etc/systemd/system/mount-data.service")?.content).toContain(
    "ExecStart=/usr/local/sbin/mount-data /data/raw /data/processed /models /experiments\n",
  );
  expect(files.get("/usr/local/sbin/mount-data")?.permissions).toBe("0755");
  expect(commands.at(-1)).toBe("systemctl enable --now --no-block mount-data.service");
});

test("a machine without data has no such service", () => {
  expect(guest("ai-router-01").files.size).toBe(0);
});

test("cards after the first get their fixed address without another default route", () => {
  const { files, commands } = guest("ai-storage-01");
  expect(parse(files.get("/etc/netplan/60-strata.yaml")?.content ?? "")).toEqual({
    network: {
      version: 2,
      ethernets: {
        "gpu-storage": { match: { macaddress: "06:00:0a:00:06:48" }, dhcp4: false, addresses: ["10.0.6.72/24"] },
      },
    },
  });
  expect(commands).toContain("netplan apply");
});

test("user data stays far below the 32 KiB that a server takes by default", () => {
  for (const machine of machines) expect(cloudInit(machine, plan.guests).length).toBeLessThan(8 * 1024);
});

test("more than a server takes is told of every machine before anything is created", () => {
  const cities = Array.from({ length: 80 }, (_, index) => ({
    key: `city${index}`,
    name: `City ${index}`,
    dataClass: "open",
    storage: "1 GiB",
    apiToken: true,
    machines: [],
  }));
  const second = { roles: ["gateway", "router"], zones: ["dmz", "ai"], cpus: 2, memory: "4 GiB" };
  const overrides = { tenants: cities, edge: { machines: { "ai-gateway-02": second } } };
  const profile = loadProfile({ profile: "civil-complaint", overrides });
  const machine = (name: string) =>
    `\\. ${name} = "\\d+ bytes of user data"\\s+rule: at most 24576[^\\n]*\\s+remedy: .*fewer tenants`;
  expect(() => checkedPlan(profile)).toThrow(
    new RegExp(`2 mistakes:\\s+1${machine("ai-gateway-01")}[^\\n]*\\s+2${machine("ai-gateway-02")}`),
  );
});
