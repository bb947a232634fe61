import type { Cloud } from "../support/cloud.ts";
import type { EngineStack } from "../support/engine.ts";

const tenants = ["tenant-a", "tenant-b", "tenant-c"];

/** Whose volumes are encrypted with a key of their own (P1.6), and who has a token for the API (O1, T5), by profile. */
export const secretsOf: Record<string, { dataKeys?: string[]; apiTokens?: string[] }> = {
  enterprise: { dataKeys: ["platform", ...tenants] },
  "civil-complaint": { dataKeys: ["platform", ...tenants], apiTokens: tenants },
  "document-tagging": { apiTokens: tenants },
};

/** The stack's secrets by owner, and what a look at the stack without its passphrase, or at the machines, tells of them. */
export async function deployedSecrets(stack: EngineStack, cloud: Cloud) {
  const outputs = async (...words: string[]) =>
    JSON.parse((await stack.pulumi("stack", "output", "--stack", stack.name, "--json", ...words)).text);
  const { dataKeys = {}, apiTokens = {} } = (await outputs("--show-secrets")) as Record<string, Record<string, string>>;
  const all = [...Object.values(dataKeys), ...Object.values(apiTokens)];
  const userData = (await cloud.rows("listUserData")).map((row) =>
    Buffer.from(String(row.userdata), "base64").toString(),
  );
  const places = [JSON.stringify(await outputs()), JSON.stringify(await stack.exportState()), ...userData];
  return {
    ...(Object.keys(dataKeys).length > 0 && { dataKeys: Object.keys(dataKeys).sort() }),
    ...(Object.keys(apiTokens).length > 0 && { apiTokens: Object.keys(apiTokens).sort() }),
    keyBits: [...new Set(Object.values(dataKeys).map((key) => Buffer.from(key, "base64").length * 8))],
    shared: all.length - new Set(all).size,
    leaks: places.filter((text) => all.some((value) => text.includes(value))).length,
  };
}
