import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { roles } from "../../src/config/machine-schema.ts";
import type { Role } from "../../src/config/schema.ts";
import { cloudInit, maxBytes } from "../../src/guests/cloud-init.ts";
import type { GuestMachine } from "../../src/guests/setup.ts";
import { templateNames, templates } from "../../src/guests/templates.ts";
import { complaints, context, guest, layer2, machine, read, scripts, tier, twoCards } from "./support.ts";

/** Sets of roles that machines of the documents have; each of them must fit into one user data, whatever else. */
const together: Role[][] = [
  ...templateNames.map((name) => [name]),
  ["train", "serve"],
  ["train", "serve", "data"],
  ["validate", "process"],
  ["train", "infer"],
  ["gateway", "broker"],
  ["gateway", "router"],
];

const anyMachine: fc.Arbitrary<GuestMachine> = fc
  .record({
    roles: fc.constantFrom(...together),
    further: fc.constantFrom([], [layer2], [tier("10.0.5.130", "service")], [tier("10.0.5.130", "service"), layer2]),
    gpu: fc.constantFrom(undefined, twoCards, { ...twoCards, profile: "A100-8C", count: 1 }),
    data: fc.option(
      fc.record({
        folders: fc.constantFrom(["/models"], ["/data/raw", "/data/processed"]),
        encrypted: fc.boolean(),
      }),
      { nil: undefined },
    ),
    templates: fc.boolean(),
  })
  .map(({ roles, further, gpu, data, templates }) => {
    const made = machine("ai-any-01", roles, "10.0.5.99", { ...(gpu && { gpu }), ...(data && { data }) });
    const legs: GuestMachine["legs"] = [
      tier("10.0.5.99"),
      ...further.map((leg) => ({ ...leg, mac: "06:00:0a:00:05:82" })),
    ];
    return { ...made, legs, ...(!templates && { template: [] }) };
  });

const anySurroundings = fc
  .record({
    platform: fc.subarray([...(context.platform ?? [])]),
    tenants: fc.subarray([...(context.tenants ?? [])]),
    mirrors: fc.constantFrom(
      {},
      { apt: "http://mirror.ai.internal/ubuntu", pypi: "https://mirror.ai.internal/simple" },
    ),
  })
  .map((some) => ({ ...context, ...some }));

test("every machine in any surroundings gets what cloud-init's schema accepts and a server takes", () => {
  fc.assert(
    fc.property(anyMachine, anySurroundings, (machine, surroundings) => {
      const text = cloudInit(machine, surroundings);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBytes);
      const config = read(text);
      expect(complaints(parse(text, { version: "1.1" }))).toEqual([]);
      expect(config).toMatchObject({ hostname: "ai-any-01", timezone: "Asia/Seoul" });
      expect(config.runcmd).toContainEqual(["systemctl", "enable", "--now", "prometheus-node-exporter"]);
    }),
    { numRuns: 150 },
  );
});

test("the schema is one that complains", () => {
  const [file] = guest(["router"]).write_files;
  expect(complaints({ write_files: [{ ...file, mode: "0644" }] })).not.toEqual([]);
  expect(complaints({ runcmd: "reboot" })).not.toEqual([]);
});

test("there is a template for every role of a profile", () => {
  expect(new Set(templateNames)).toEqual(new Set(Object.values(roles).flat()));
});

test("the templates of the documents are there, with what they name (T7)", () => {
  const named = Object.fromEntries(
    templateNames.flatMap((name) => {
      const { document } = templates[name] as { document?: string };
      return document === undefined ? [] : [[document, [...Object.keys(templates[name].packages), ...locked(name)]]];
    }),
  );
  expect(named["TPL-WEB"]).toEqual(expect.arrayContaining(["nginx", "python3", "gunicorn"]));
  expect(named["TPL-API-GW"]).toEqual(expect.arrayContaining(["nginx"]));
  expect(named["TPL-TAGGING"]).toEqual(expect.arrayContaining(["python3", "celery", "amqp"]));
  expect(named["TPL-MODEL"]).toEqual(expect.arrayContaining(["python3", "fastapi", "uvicorn", "torch"]));
  expect(named["TPL-DB"]).toEqual(expect.arrayContaining(["postgresql-14"]));
});

function locked(role: Role): string[] {
  const locks = guest([role]).write_files.filter(({ path }) => path.startsWith("/etc/strata/python/"));
  return locks.flatMap(({ content }) => content.split("\n").map((line) => line.split("==")[0] ?? ""));
}

test.each(templateNames)("%s: every package is pinned, every Python package by its hash", (role) => {
  for (const entry of guest([role], { gpu: twoCards }).packages) {
    expect(entry).toEqual([expect.stringMatching(/^[a-z0-9.+-]+$/), expect.stringMatching(/^\d.*\d/)]);
  }
  for (const { path, content } of guest([role]).write_files) {
    if (!/^\/etc\/strata\/python\/[a-z-]+\.txt$/.test(path)) continue;
    for (const line of content.trim().split("\n")) {
      expect(line).toMatch(/^[a-z0-9-]+==[0-9][^ ]* --hash=sha256:[0-9a-f]{64}$/);
    }
  }
});

test.each(templateNames)(
  "%s: every file of the template has owner and permissions, and comes after the packages",
  (role) => {
    const own = guest([role], { gpu: twoCards }).write_files.filter(({ path }) => !/mount-data|netplan/.test(path));
    for (const file of own) {
      expect(file).toMatchObject({ owner: expect.stringMatching(/^[a-z]+:[a-z]+$/), defer: true });
      expect(file.permissions).toMatch(/^0[67]\d\d$/);
      expect(file.content.endsWith("\n")).toBe(true);
    }
  },
);

test.each(templateNames)("%s: its services are enabled and started, and nothing waits for them", (role) => {
  const { runcmd, write_files } = guest([role], { gpu: twoCards });
  const enabled = runcmd.filter(([, verb, option]) => verb === "enable" && option !== "--now").map((words) => words[2]);
  expect(runcmd.at(-1)).toEqual(["systemctl", "restart", "--no-block", ...enabled]);
  const units = write_files.filter(({ path }) => /^\/etc\/systemd\/system\/[^/]+$/.test(path));
  // All that are started at boot are among them; `strata-python@.service` as its instances.
  const started = units.filter(({ content }) => content.includes("[Install]")).map(({ path }) => basename(path));
  for (const unit of started.filter((name) => name !== "mount-data.service")) {
    expect(enabled.map((name) => name?.replace(/@.*\./, "@."))).toContain(unit);
  }
  // And what is not is started by a timer of its own.
  for (const { path } of units.filter(({ content }) => !content.includes("[Install]"))) {
    expect(enabled).toContain(basename(path).replace(/\.service$/, ".timer"));
  }
});

test("user data holds no secret, and names the files in which they come", () => {
  const all = together.map((some) => cloudInit(machine("ai-x-01", some, "10.0.5.99", { gpu: twoCards }), context));
  for (const text of all) {
    expect(text).not.toMatch(/BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)/);
    expect(text).not.toMatch(/:\/\/[^/\s"]*:[^/\s"]*@/);
    expect(text).not.toMatch(/\b(password|passwd|secret|token)\s*[:=]\s*["']?\w/i);
    // No long random string but hashes of packages.
    const plain = text.replaceAll(/sha256:[0-9a-f]{64}/g, "");
    expect(plain).not.toMatch(/(?=[\w+/]*\d)(?=[\w+/]*[A-Z])(?=[\w+/]*[a-z])[A-Za-z0-9+/]{32,}/);
    expect(plain).not.toMatch(/\b[0-9a-f]{32,}\b/);
  }
});

test("a tenant's machine is told nothing of another tenant or of the platform's machines", () => {
  const tenant = { key: "b", machines: [machine("ai-b-serve-01", ["serve"], "10.0.21.8")], storageGib: 500 };
  const surroundings = { ...context, tenants: [...(context.tenants ?? []), tenant] };
  for (const role of roles.tenant) {
    const text = cloudInit(machine(`ai-a-${role}-01`, [role], "10.0.20.8"), surroundings);
    expect(text).not.toMatch(/10\.0\.(5|21)\.|ai-b-|ai-(router|storage|registry)/);
  }
});

test("a mirror of the site is where packages come from; without one the boot gives up soon", () => {
  const mirrors = { apt: "http://mirror.ai.internal/ubuntu", pypi: "https://mirror.ai.internal/simple" };
  const { apt, write_files } = guest(["web"], {}, { ...context, mirrors });
  expect(apt).toMatchObject({ primary: [{ uri: mirrors.apt }], security: [{ uri: mirrors.apt }] });
  expect(write_files).toContainEqual(
    expect.objectContaining({ path: "/etc/strata/python.env", content: `PIP_INDEX_URL=${mirrors.pypi}\n` }),
  );
  const without = guest(["web"]);
  expect(without.apt).toEqual({ conf: 'Acquire::http::Timeout "5"; Acquire::Retries "0";' });
  expect(without.write_files.map(({ path }) => path)).not.toContain("/etc/strata/python.env");
});

test("only a machine with a share of a card has the GPU's daemons", () => {
  const unit = "strata-dcgm-exporter.service";
  expect(guest(["infer"]).runcmd.flat()).not.toContain(unit);
  expect(guest(["infer"], { gpu: twoCards }).runcmd.flat()).toContain(unit);
});

test("units are what systemd reads: absolute commands, known sections", () => {
  const units = together
    .flatMap((some) => guest(some, { gpu: twoCards, data: { folders: ["/models"], encrypted: true } }).write_files)
    .filter(({ path }) => path.startsWith("/etc/systemd/system/"));
  for (const { path, content } of units) {
    for (const line of content.split("\n")) {
      expect(line, path).toMatch(/^(|\[(Unit|Service|Timer|Install)\]|[A-Z][A-Za-z]+=\S.*)$/);
      if (line.startsWith("Exec")) expect(line, path).toMatch(/^Exec\w+=-?\+?\/\S+/);
    }
  }
});

test("an unknown template is refused with those that there are", () => {
  expect(() => cloudInit(machine("ai-x-01", ["web"], "10.0.5.99", { template: "webb" }), context)).toThrow(
    /template of ai-x-01 = "webb": no such template; there are serve, train/,
  );
});

test("more than a server takes is refused, not sent", () => {
  const template = ["registry", "validate", "web", "tagging"];
  expect(() => cloudInit(machine("ai-x-01", ["web"], "10.0.5.99", { template }), context)).toThrow(
    /user data of ai-x-01 has \d+ bytes, but a server takes 24576: give it fewer templates/,
  );
});

test.each(scripts)("%s is what sh reads", (path) => {
  expect(readFileSync(path, "utf8")).toMatch(/^#!\/bin\/sh\n(#.*\n)+set -eu\n/);
  expect(spawnSync("sh", ["-n", path])).toMatchObject({ status: 0 });
});

test("netplan gets YAML with the card's own address", () => {
  const { write_files } = guest(["storage"], { legs: [tier("10.0.5.72"), layer2] });
  const plan = write_files.find(({ path }) => path.startsWith("/etc/netplan/"));
  expect(parse(plan?.content ?? "").network.ethernets["gpu-storage"]).toMatchObject({ addresses: ["10.0.6.26/24"] });
});
