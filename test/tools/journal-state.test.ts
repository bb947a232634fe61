import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Trial, trial } from "./program.ts";

/** Twins: the same program, one stack through a journal and one written by the engine's own file backend. */

const first = `
import { ComponentResource, secret } from "@pulumi/pulumi";
import { RandomString } from "@pulumi/random";
class Part extends ComponentResource {
  constructor(name, length, opts) {
    super("trial:Part", name, {}, opts);
    this.inner = new RandomString(name + "-inner", { length }, { parent: this });
    this.registerOutputs({ text: this.inner.result });
  }
}
const a = new RandomString("a", { length: 10 });
const part = new Part("part", 12);
const b = new RandomString("b", { length: 8, keepers: { a: a.result } }, { dependsOn: part });
new RandomString("goes", { length: 5 }, { parent: part });
new RandomString("stays-out", { length: 5 }, { retainOnDelete: true, deletedWith: a });
export const text = secret(b.result);
`;

/** Renamed with what is below it, replaced before and after the old one goes, removed, added, protected, updated. */
const second = first
  .replace('new Part("part", 12)', 'new Part("renamed", 12, { aliases: [{ name: "part" }] })')
  .replace(
    'name + "-inner", { length }, { parent: this }',
    '"inner", { length }, { parent: this, aliases: [{ name: "part-inner" }] }',
  )
  .replace(
    'new RandomString("a", { length: 10 })',
    'new RandomString("a", { length: 11 }, { deleteBeforeReplace: true })',
  )
  .replace(/new RandomString\("goes".*\n/, 'new RandomString("added", { length: 6 }, { protect: true });\n')
  .replace("export const text", "export const more = part.inner.result;\nexport const text");

const third = second.replace(", { protect: true }", "").replace('"b", { length: 8', '"b", { length: 9');

let journal: Trial;
let folder: Trial;

beforeAll(() => {
  journal = trial({ "index.ts": first });
  folder = trial({ "index.ts": first });
  journal.stack.journal = true;
});

afterAll(() => {
  for (const one of [journal, folder]) one.remove();
});

/** What must be equal: all but ids, times and random texts. */
async function shape({ stack }: Trial): Promise<unknown> {
  const { version, deployment } = JSON.parse(JSON.stringify(await stack.exportState()), (key, value) =>
    ["id", "created", "modified", "time", "ciphertext", "salt", "result"].includes(key) ? "…" : value,
  );
  const text = JSON.stringify({ version, ...deployment, resources: sorted(deployment.resources ?? []) });
  // In outputs, keepers and the provider's reference.
  return JSON.parse(text.replaceAll(/"[^"\s]{5,12}"(?=[},])/g, '"…"').replaceAll(/::[0-9a-f-]{36}"/g, '::…"'));
}

interface Listed {
  urn: string;
  delete?: boolean;
  dependencies?: string[];
}

/** The engine keeps no order among those that wait for nothing, nor in what a resource depends on. */
function sorted(resources: Listed[]): Listed[] {
  for (const { dependencies } of resources) dependencies?.sort();
  return resources.toSorted((x, y) => x.urn.localeCompare(y.urn) || Number(x.delete ?? 0) - Number(y.delete ?? 0));
}

test.each([
  ["made", "up", first],
  ["renamed, replaced, removed and added", "up", second],
  ["changed once more", "up", third],
  ["refreshed", "refresh", third],
  ["destroyed", "destroy", third],
] as const)("what has been %s leaves the state that the file backend writes", async (_what, operation, program) => {
  const runs = await Promise.all(
    [journal, folder].map(async (one) => {
      one.write({ "index.ts": program });
      const run = await one.stack[operation]();
      expect(run.code, run.text).toBe(0);
      return run.steps;
    }),
  );
  expect(runs[0]).toEqual(runs[1]);
  expect(await shape(journal)).toEqual(await shape(folder));
});

test("`npx pulumi` starts a service of its own, which is gone when it returns", async () => {
  const { folder, name } = journal.stack;
  const env = {
    ...process.env,
    ...(await journal.stack.engineEnv()),
    STRATA_STATE: "journal",
  };
  const words = ["up", "--stack", name, "--config-file", journal.stack.configFile, "--yes", "--skip-preview"];
  const engine = spawn(process.execPath, [join(import.meta.dirname, "../../tools/exec-pulumi.ts"), ...words], {
    cwd: journal.folder,
    env,
    stdio: "ignore",
  });
  expect(await once(engine, "exit")).toEqual([0, null]);
  expect((await journal.stack.exportState()).deployment.resources).toHaveLength(8);
  expect(readdirSync(join(folder, ".pulumi/journals/trial"))).toEqual([]);
  const destroy = await journal.stack.destroy();
  expect(destroy.code, destroy.text).toBe(0);
});

test("the file backend goes on from there, and knows what was done", async () => {
  journal.stack.journal = false;
  const { text } = await journal.stack.pulumi("stack", "history", "--stack", journal.stack.name, "--json");
  const history = JSON.parse(text) as { kind: string; result: string }[];
  expect(history.map(({ kind }) => kind)).toEqual([
    "destroy",
    "update",
    "destroy",
    "refresh",
    "update",
    "update",
    "update",
  ]);
  const up = await journal.stack.up();
  expect(up.code, up.text).toBe(0);
  expect(up.steps).toEqual({ create: 6 });
});
