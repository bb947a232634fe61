import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { type Trial, trial } from "./program.ts";

const open: Trial[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.remove();
});

function start(files: Record<string, string>, packages?: string[]): Trial {
  const made = trial(files, packages);
  open.push(made);
  return made;
}

test("a TypeScript program gets its configuration and gives its outputs", async () => {
  const { stack } = start({
    "index.ts": `
      import * as pulumi from "@pulumi/pulumi";
      const config = new pulumi.Config();
      const greeting: string = config.require("greeting");
      export const said = \`\${greeting}!\`;
      export const hidden = config.requireSecret("password");
      export const where = \`\${pulumi.getProject()}/\${pulumi.getStack()}\`;`,
  });
  const run = await stack.up("--config", "greeting=hello, world: a=b", "--config", "password=geheim");
  expect(run.text).toContain('said  : "hello, world: a=b!"');
  expect(run.text).toContain("hidden: ");
  expect(run.text).toContain('where : "trial/test"');
  expect(run.code).toBe(0);
});

test("a program that throws fails with its message and where it was thrown", async () => {
  const { stack } = start({ "index.ts": 'function build(): never { throw new Error("no such zone"); }\nbuild();' });
  const run = await stack.preview();
  expect(run.code).not.toBe(0);
  expect(run.text).toContain("no such zone");
  expect(run.text).toContain("index.ts:1");
  expect(run.text).not.toContain("exited with");
});

test("a RunError is shown without a stack trace", async () => {
  const { stack } = start({
    "index.ts": 'import { RunError } from "@pulumi/pulumi";\nthrow new RunError("the profile has 2 mistakes");',
  });
  const run = await stack.preview();
  expect(run.text).toContain("the profile has 2 mistakes");
  expect(run.text).not.toContain("index.ts:");
});

test("a rejected promise nobody waits for fails the run", async () => {
  const { stack } = start({ "index.ts": 'void Promise.reject(new Error("forgotten"));' });
  const run = await stack.preview();
  expect(run.code).not.toBe(0);
  expect(run.text).toContain("forgotten");
});

test("a program that ends its process is reported with its exit code", async () => {
  const { stack } = start({ "index.ts": 'console.log("so far"); process.exit(7);' });
  const run = await stack.preview();
  expect(run.code).not.toBe(0);
  expect(run.text).toContain("so far");
  expect(run.text).toMatch(/code:? 7/);
});

test("a missing entry point names the file", async () => {
  const { stack } = start({});
  const run = await stack.preview();
  expect(run.code).not.toBe(0);
  expect(run.text).toContain("index.ts");
});

test("a program whose dependencies are not installed is told to install them", async () => {
  const { stack } = start({ "index.ts": "export const a = 1;" }, []);
  const run = await stack.preview();
  expect(run.code).not.toBe(0);
  expect(run.text).toMatch(/npm install|pulumi install/);
});

// The program writes its process id and then hangs, as one that waits for a server would.
const hanging = {
  "index.ts": `
    import { writeFileSync } from "node:fs";
    writeFileSync("pid", String(process.pid));
    await new Promise((resolve) => setTimeout(resolve, 600_000));`,
};

test.each(["SIGINT", "SIGKILL"] as const)("%s to the engine ends the program too", async (signal) => {
  const { stack, folder } = start(hanging);
  await stack.pulumi("stack", "init", "test");
  const engine = await stack.start(["preview", "--stack", "test"]);
  const ended = once(engine, "exit");
  const pid = await vi.waitFor(() => Number(readFileSync(join(folder, "pid"), "utf8")) || Promise.reject(), {
    timeout: 120_000,
    interval: 50,
  });
  await sleep(100);
  engine.kill(signal);
  await ended;
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 60_000, interval: 50 });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("a TypeScript policy pack advises and blocks", async () => {
  const { stack, folder } = start(
    {
      "index.ts": `
        import * as random from "@pulumi/random";
        new random.RandomString("short", { length: 4 });`,
      "policy/PulumiPolicy.yaml": "runtime: nodejs\ndescription: trial\n",
      "policy/package.json": '{ "name": "trial-policy", "version": "1.0.0", "main": "index.ts" }',
      "policy/index.ts": `
        import { PolicyPack } from "@pulumi/policy";
        const minimum: number = 8;
        new PolicyPack("trial", {
          policies: (["advisory", "mandatory"] as const).map((enforcementLevel) => ({
            name: \`length-\${enforcementLevel}\`,
            description: "Strings have a minimum length.",
            enforcementLevel,
            validateResource: (args, report) => {
              if (args.props.length < minimum) report(\`\${args.props.length} is less than \${minimum} (\${enforcementLevel})\`);
            },
          })),
        });`,
    },
    ["@pulumi/pulumi", "@pulumi/random", "@pulumi/policy", "typescript", "@types/node"],
  );
  const run = await stack.preview("--policy-pack", join(folder, "policy"));
  expect(run.text).toContain("4 is less than 8 (advisory)");
  expect(run.text).toContain("4 is less than 8 (mandatory)");
  expect(run.code).not.toBe(0);
});

test("a provider written in TypeScript runs", async () => {
  const { stack } = start(
    {
      "Pulumi.yaml": `name: trial
main: index.ts
runtime: { name: nodejs, options: { typescript: false } }
plugins: { providers: [{ name: echo, path: ./echo }] }`,
      "index.ts": `
        import * as pulumi from "@pulumi/pulumi";
        class Echo extends pulumi.CustomResource {
          declare loud: pulumi.Output<string>;
          constructor(name: string, text: string) {
            super("echo:index:Echo", name, { text, loud: undefined });
          }
        }
        export const loud = new Echo("first", "hello").loud;`,
      "echo/PulumiPlugin.yaml": "runtime: nodejs\n",
      "echo/package.json": '{ "name": "echo", "version": "1.0.0", "main": "index.ts" }',
      "echo/index.ts": `
        import * as provider from "@pulumi/pulumi/provider";
        declare const process: { argv: string[] };
        const echo: provider.Provider = {
          version: "1.0.0",
          check: async (_urn, _olds, news) => ({ inputs: news }),
          create: async (_urn, inputs) => ({ id: "1", outs: { ...inputs, loud: inputs.text.toUpperCase() } }),
        };
        void provider.main(echo, process.argv.slice(2));`,
    },
    ["@pulumi/pulumi", "typescript", "@types/node"],
  );
  const run = await stack.up();
  expect(run.text).toContain('loud: "HELLO"');
  expect(run.steps).toEqual({ create: 1 });
});

test("pulumi install installs the program's dependencies and says when it cannot", async () => {
  const { stack, write, folder } = start({ "index.ts": "export {};" }, []);
  write({ "dependency/package.json": '{ "name": "dependency", "version": "1.0.0" }' });
  const manifest = (path: string) => JSON.stringify({ name: "trial", dependencies: { dependency: `file:${path}` } });
  write({ "package.json": manifest("./dependency") });
  const { code, text } = await stack.pulumi("install");
  expect({ code, text }).toMatchObject({ code: 0 });
  expect(existsSync(join(folder, "node_modules/dependency/package.json"))).toBe(true);
  write({ "package.json": manifest("./nowhere.tgz") });
  expect((await stack.pulumi("install")).code).not.toBe(0);
});

test("pulumi about lists the program's packages", async () => {
  const { stack } = start({
    "index.ts": "export {};",
    "package.json": '{ "name": "trial", "type": "module", "dependencies": { "@pulumi/pulumi": "3.270.0" } }',
  });
  const { text } = await stack.pulumi("about", "--json");
  expect(text).toContain('"@pulumi/pulumi"');
});
