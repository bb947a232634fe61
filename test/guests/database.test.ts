import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, runsPostgres, startPostgres } from "./postgres.ts";
import { context, guest } from "./support.ts";

const tenants = ["a", "b"].map((key) => ({ key, machines: [], storageGib: 100 }));
let database: Database;

beforeAll(async () => {
  if (runsPostgres) database = await startPostgres(guest(["db"], {}, { ...context, tenants }));
}, 60_000);
afterAll(() => database?.stop());

test.skipIf(!runsPostgres)("the tables are made, and made again without harm", () => {
  for (let turn = 0; turn < 2; turn += 1) {
    const made = database.psql("postgres", "--file", join(database.folder, "tagging.sql"));
    expect(made).toMatchObject({ status: 0, err: expect.not.stringMatching(/WARNING|ERROR/) });
  }
});

test.skipIf(!runsPostgres)(
  "documents are found by words and by parts of words, each department's by itself alone (T9, SC-01)",
  () => {
    const { ask } = database;
    const insert = "INSERT INTO document (department, title, body) VALUES";
    expect(ask(`${insert} ('a', '교통 민원', '도로 보수 요청'), ('b', '도로 보수', 'of department b')`)).toMatchObject({
      status: 0,
    });
    const asA = (query: string) => ask("SET ROLE tagging", "SET strata.department = 'a'", query);
    expect(asA("SELECT title FROM document WHERE words @@ to_tsquery('simple', '보수')").out).toBe("교통 민원");
    expect(asA("SELECT title FROM document WHERE body LIKE '%로 보%'").out).toBe("교통 민원");
    expect(asA(`${insert} ('b', 'x', 'y')`)).toMatchObject({
      status: 1,
      err: expect.stringMatching(/row-level security/),
    });
    expect(ask("SET ROLE tagging", "SELECT count(*) FROM document").out).toBe("0");
  },
);

test.skipIf(!runsPostgres)("the web servers come in by TLS 1.3 and with a password, and by nothing else", () => {
  database.ask("ALTER ROLE tagging PASSWORD 'of the test'");
  const connect = (options: string) =>
    database.run(
      "psql",
      `host=127.0.0.1 port=${database.port} user=tagging dbname=tagging ${options}`,
      "-Atc",
      "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    );
  expect(connect("password='of the test' sslmode=require").out).toBe("TLSv1.3");
  expect(connect("password='of the test' sslmode=disable").err).toMatch(/no pg_hba.conf entry/);
  expect(connect("password='of the test' sslmode=require ssl_max_protocol_version=TLSv1.2").status).not.toBe(0);
  expect(connect("password=wrong sslmode=require").err).toMatch(/password authentication failed/);
});
