import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { type Database, runsPostgres, startPostgres } from "./postgres.ts";
import { contentOf, context, guest, installed } from "./support.ts";

/** What departments may store (T5), in PostgreSQL itself. Of department a 1000 bytes here, where nothing else is said. */
const tenants = ["a", "b"].map((key) => ({ key, machines: [], storageGib: 100 }));
const config = guest(["db"], {}, { ...context, tenants });
const postgresTest = test.skipIf(!runsPostgres);
let database: Database;

beforeAll(async () => {
  if (runsPostgres) database = await startPostgres(config);
}, 60_000);
afterAll(() => database?.stop());
beforeEach(() => {
  if (!runsPostgres) return;
  setUp();
  database.ask("TRUNCATE document", "UPDATE department SET quota_bytes = 1000 WHERE name = 'a'");
});

const setUp = () => database.psql("postgres", "--file", join(database.folder, "tagging.sql"));
/** An upload of a department's own: a title of one byte and the rest. */
const insert = (bytes: number, department = "a") =>
  `INSERT INTO document (department, title, body) VALUES ('${department}', 'x', '${"y".repeat(bytes - 1)}')`;
const as = (department: string) => ["SET ROLE tagging", `SET strata.department = '${department}'`];
const upload = (bytes: number, department = "a") => database.ask(...as(department), insert(bytes, department));
const used = (department = "a") =>
  Number(database.ask(`SELECT used_bytes FROM department WHERE name = '${department}'`).out);
const full = { status: 1, err: expect.stringMatching(/ERROR: {2}53400: documents of department "a" are full/) };

postgresTest("every tenant's storage is the department's quota", () => {
  setUp();
  expect(database.ask("SELECT name, quota_bytes FROM department ORDER BY 1").out).toBe(
    `a|${100 * 2 ** 30}\nb|${100 * 2 ** 30}`,
  );
});

postgresTest("up to 100 % is taken, a byte more is refused and says what is used and allowed", () => {
  expect(upload(700)).toMatchObject({ status: 0, err: "" });
  expect(upload(300)).toMatchObject({ status: 0 });
  const refused = upload(1);
  expect(refused).toMatchObject(full);
  expect(refused.err).toMatch(/DETAIL: {2}1 bytes more would make 1001 bytes; 1000 bytes are allowed\./);
  expect(refused.err).toMatch(/HINT: {2}Delete documents, or raise the tenant's storage/);
  expect(used()).toBe(1000);
  // The others have their own.
  expect(upload(1, "b")).toMatchObject({ status: 0, err: "" });
});

postgresTest("from 80 % on each upload is warned, and whoever listens is told once", () => {
  expect(upload(799).err).toBe("");
  const { out, err } = database.ask("LISTEN department_quota", insert(1), insert(1));
  expect(err?.match(/WARNING: .* documents of department "a" take 80[01] of 1000 bytes/g)).toHaveLength(2);
  expect(out?.match(/Asynchronous notification/g)).toHaveLength(1);
  expect(out).toMatch(/"department_quota" with payload "\{"department" : "a", "used" : 800, "quota" : 1000\}"/);
});

postgresTest("what grows counts, what shrinks, moves or goes gives room again; bytes, not letters", () => {
  upload(600);
  const change = (text: string) => database.ask(text);
  expect(change(`UPDATE document SET body = '${"y".repeat(1000)}'`)).toMatchObject(full);
  expect(change("UPDATE document SET body = '가나'")).toMatchObject({ status: 0 });
  expect(used()).toBe(1 + 6);
  expect(change("UPDATE document SET department = 'b'")).toMatchObject({ status: 0 });
  expect([used("a"), used("b")]).toEqual([0, 7]);
  expect(change("DELETE FROM document")).toMatchObject({ status: 0 });
  expect([used("a"), used("b")]).toEqual([0, 0]);
});

postgresTest("many at once count together, and an upload that is refused or taken back leaves nothing", () => {
  const many = (rows: number) => `INSERT INTO document (department, title, body)
    SELECT 'a', 'x', repeat('y', 99) FROM generate_series(1, ${rows})`;
  expect(database.ask(many(11))).toMatchObject(full);
  expect(used()).toBe(0);
  expect(database.ask("BEGIN", many(10), "ROLLBACK")).toMatchObject({ status: 0 });
  expect(used()).toBe(0);
  expect(database.ask(many(10))).toMatchObject({ status: 0 });
  expect(used()).toBe(1000);
});

postgresTest("tags cost nothing, and putting them on waits for no upload", async () => {
  upload(1000);
  const other = database.session();
  onTestFinished(() => void other.kill());
  const closed = new Promise((done) => other.on("close", done));
  other.stdin.write("BEGIN; UPDATE department SET used_bytes = used_bytes WHERE name = 'a';\n\\echo holding\n");
  await new Promise((done) => other.stdout.once("data", done));
  expect(database.ask("SET lock_timeout = '5s'", `UPDATE document SET tags = '["road"]'`)).toMatchObject({ status: 0 });
  other.stdin.end();
  await closed;
});

postgresTest.each([
  ["COMMIT", 1, 600],
  ["ROLLBACK", 0, 500],
] as const)("of two uploads at once the second waits for the first one's %s", async (end, status, left) => {
  const [first, second] = [database.session(), database.session()];
  onTestFinished(() => void [first, second].map((one) => one.kill()));
  let err = "";
  second.stderr.on("data", (part) => {
    err += part;
  });
  const [firstEnd, secondEnd] = [first, second].map((one) => new Promise((done) => one.on("close", done)));
  first.stdin.write(`BEGIN; ${insert(600)};\n\\echo stored\n`);
  await new Promise((done) => first.stdout.once("data", done));
  second.stdin.end(`${insert(500)};\n`);
  const waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
  await vi.waitFor(() => expect(database.ask(waiting).out).toBe("1"), { timeout: 60_000 });
  first.stdin.end(`${end};\n`);
  await firstEnd;
  expect(await secondEnd).toBe(status === 0 ? 0 : 3);
  if (status !== 0) expect(err).toMatch(/53400: documents of department "a" are full/);
  expect(used()).toBe(left);
});

postgresTest("who is no department has no room", () => {
  expect(database.ask(insert(1, "nobody"))).toMatchObject({
    status: 1,
    err: expect.stringMatching(/23503: department "nobody" is none of the platform's/),
  });
});

postgresTest("a department sees its own share, and changes none", () => {
  const asA = (query: string) => database.ask(...as("a"), query);
  expect(asA("SELECT name FROM department").out).toBe("a");
  for (const attempt of [
    "UPDATE department SET quota_bytes = 9",
    "SELECT charge_department('a', -5)",
    "TRUNCATE document",
    "ALTER TABLE document DISABLE TRIGGER ALL",
  ]) {
    expect(asA(attempt)).toMatchObject({ status: 1, err: expect.stringMatching(/42501/) });
  }
});

postgresTest("set up again, all is counted anew, and who has left keeps documents but adds none", () => {
  upload(300);
  database.ask(
    "UPDATE department SET used_bytes = 5",
    "INSERT INTO department VALUES ('gone', 1000, 0)",
    insert(9, "gone"),
  );
  setUp();
  expect([used("a"), used("gone")]).toEqual([300, 9]);
  expect(database.ask(insert(1, "gone"))).toMatchObject({ status: 1, err: expect.stringMatching(/53400/) });
  expect(database.ask("DELETE FROM document WHERE department = 'gone'")).toMatchObject({ status: 0 });
  setUp();
  expect(database.ask("SELECT name FROM department ORDER BY name").out).toBe("a\nb");
});

test.skipIf(!runsPostgres || !installed("promtool"))("the usage is told to Prometheus and the journal", () => {
  upload(900);
  const { folder } = database;
  mkdirSync(join(folder, "bin"));
  // It becomes the administrator in its own way here, and writes below the test's folder.
  const psql = `exec psql --host '${folder}' --port ${database.port} --username postgres "$@"`;
  writeFileSync(join(folder, "bin/runuser"), `#!/bin/sh\nshift 4\n${psql}\n`);
  chmodSync(join(folder, "bin/runuser"), 0o755);
  const script = contentOf(config, "/usr/local/sbin/department-usage").replace(
    "/var/lib/prometheus/node-exporter/",
    `${folder}/`,
  );
  const env = { PATH: `${folder}/bin:/usr/bin:/bin` };
  const { stdout, stderr, status } = spawnSync("sh", ["-c", script], { env, encoding: "utf8" });
  expect({ status, stderr, stdout }).toEqual({
    status: 0,
    stderr: "",
    stdout: "<4>documents of department a: 900 of 1000 bytes\n",
  });
  const metrics = readFileSync(join(folder, "departments.prom"), "utf8");
  expect(metrics).toContain('strata_department_used_bytes{department="a"} 900\n');
  expect(metrics).toContain('strata_department_quota_bytes{department="a"} 1000\n');
  expect(spawnSync("promtool", ["check", "metrics"], { input: metrics, encoding: "utf8" })).toMatchObject({
    status: 0,
  });
});
