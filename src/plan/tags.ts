import type { Profile } from "../config/schema.ts";

export type Tags = Readonly<Record<string, string>>;

/** Tags of everything that can carry them: where it belongs, whose it is and how its data must be treated. */
export function tagsOf(
  { environment, owner, dataClass }: Profile["platform"],
  layer: string,
  tenant?: { key: string; dataClass: string },
): Tags {
  return {
    env: environment,
    layer,
    owner,
    "data-class": tenant?.dataClass ?? dataClass,
    ...(tenant && { tenant: tenant.key }),
  };
}
