import type { Cloud } from "../support/cloud.ts";
import type { EngineStack } from "../support/engine.ts";

/** Whose volumes are encrypted with a key of their own, by profile (P1.6); nobody's in those that are not here. */
export const keyOwners: Record<string, readonly string[]> = {
  enterprise: ["platform", "tenant-a", "tenant-b", "tenant-c"],
  "civil-complaint": ["platform", "tenant-a", "tenant-b", "tenant-c"],
};

/** The stack's keys, each opened, and what a look at the stack without its passphrase and at the machines tells of them. */
export async function deployedKeys(stack: EngineStack, cloud: Cloud) {
  const output = async (...words: string[]) =>
    JSON.parse((await stack.pulumi("stack", "output", "--stack", stack.name, "--json", ...words)).text).dataKeys ?? {};
  const keys: Record<string, string> = await output("--show-secrets");
  const userData = (await cloud.rows("listUserData")).map((row) =>
    Buffer.from(String(row.userdata), "base64").toString(),
  );
  const places = [JSON.stringify(await output()), JSON.stringify(await stack.exportState()), ...userData];
  return {
    owners: Object.keys(keys).sort(),
    bits: [...new Set(Object.values(keys).map((key) => Buffer.from(key, "base64").length * 8))],
    distinct: new Set(Object.values(keys)).size,
    leaks: places.filter((text) => Object.values(keys).some((key) => text.includes(key))).length,
  };
}
