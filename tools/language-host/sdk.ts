import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * Finds a module of the `@pulumi/pulumi` that belongs to a program: the one its own imports find.
 * @throws what is missing and how to install it
 */
export function findSdkModule(name: string, programFolder: string): string {
  try {
    return createRequire(join(programFolder, "index.js")).resolve(name);
  } catch {
    throw new Error(
      `${name} was not found from ${programFolder}: the program's dependencies are not installed. ` +
        "Run `npm install` in the folder of its package.json.",
    );
  }
}
