import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { EngineStack, type StackOptions } from "../support/engine.ts";

const modules = join(import.meta.dirname, "../../node_modules");
const projectFile = `name: trial
main: index.ts
runtime:
  name: nodejs
  options:
    typescript: false
`;

/** A small Pulumi program in a folder of its own, with a stack of the real engine. */
export interface Trial {
  folder: string;
  stack: EngineStack;
  /** Writes or replaces files of the program. */
  write(files: Record<string, string>): void;
  remove(): void;
}

/**
 * @param files path → text, on top of a project file and a manifest
 * @param packages what the program finds in its node_modules
 */
export function trial(files: Record<string, string>, packages = ["@pulumi/pulumi", "@pulumi/random"]): Trial {
  const folder = mkdtempSync(join(tmpdir(), "strata-trial-"));
  const write = (more: Record<string, string>) => {
    for (const [path, text] of Object.entries(more)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  };
  write({ "Pulumi.yaml": projectFile, "package.json": '{ "name": "trial", "type": "module" }', ...files });
  for (const name of packages) {
    mkdirSync(dirname(join(folder, "node_modules", name)), { recursive: true });
    symlinkSync(join(modules, name), join(folder, "node_modules", name));
  }
  const options: StackOptions = { env: {}, program: folder, stack: "test" };
  const stack = new EngineStack(options);
  const remove = () => {
    stack.remove();
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, stack, write, remove };
}
