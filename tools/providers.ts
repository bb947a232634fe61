/** The providers of this repository: every folder below `provider/` with a `provider.ts` that exports one under its own name. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Provider } from "../provider/core/resource.ts";
import { repoRoot } from "./toolchain/layout.ts";

/** Their names, sorted. The SDK of each lies in `sdks/` under the same name. */
export function providerNames(): string[] {
  const folder = join(repoRoot, "provider");
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "provider.ts")))
    .sort();
}

/** The provider itself. */
export async function loadProvider(name: string): Promise<Provider<unknown>> {
  const module = (await import(join(repoRoot, "provider", name, "provider.ts"))) as Record<string, unknown>;
  const provider = module[name];
  if (provider === undefined) throw new Error(`provider/${name}/provider.ts exports no "${name}"`);
  return provider as Provider<unknown>;
}

/** Where the schema of a provider lies, from the repository's root. */
export function schemaPath(name: string): string {
  return `provider/${name}/schema.json`;
}
