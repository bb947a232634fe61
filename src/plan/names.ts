/** How long a name of each kind may be: the width of CloudStack's column, or the protocol's own limit. */
const lengths = {
  account: 100,
  affinityGroup: 255,
  aclList: 255,
  diskOffering: 255,
  domain: 255,
  host: 63,
  loadBalancer: 255,
  network: 255,
  networkOffering: 64,
  placementTarget: 128,
  role: 255,
  serviceOffering: 255,
  storageTag: 255,
  volume: 255,
  vpc: 255,
} as const;

export type NameKind = keyof typeof lengths;

/**
 * The physical name of a thing: its parts with hyphens between. All names come from here.
 * Throws where it is too long: a cut name would be another thing's name one day.
 */
export function physicalName(kind: NameKind, ...parts: string[]): string {
  const name = parts.join("-");
  const problem = lengthProblem(kind, name);
  if (problem !== undefined) throw new RangeError(`"${name}": ${problem}`);
  return name;
}

/** Why the name is too long for its kind, or undefined where it is not. */
export function lengthProblem(kind: NameKind, name: string): string | undefined {
  const limit = lengths[kind];
  return name.length > limit ? `a ${kind} name has at most ${limit} characters, this one ${name.length}` : undefined;
}

/** Name of a tenant's domain, account and zone, within the platform. */
export function tenantName(key: string): string {
  return `tenant-${key}`;
}

/** The number at the end of a machine's name, 1 where there is none: `ai-a-ml-02` is the second of its kind. */
export function ordinalOf(machineName: string): number {
  return Number(/-(\d+)$/.exec(machineName)?.[1] ?? 1);
}
