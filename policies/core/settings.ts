import { z } from "zod";
import { type ExceptionEntry, exceptionMistakes, exceptionSchema } from "./exceptions.ts";
import type { Enforcement, Grade, Rule } from "./rule.ts";
import type { Language } from "./text.ts";
import { type Weakened, weakening } from "./weakened.ts";

const vlan = z.int().min(1).max(4094);
const cidr = z.cidrv4();
const zone = z.strictObject({ vlan, cidr });
/** A regular expression as a parameter: a bad one stops the run. */
export const pattern = z.string().refine(isRegularExpression, "must be a regular expression");
const cspGrades = { 하: "low", 중: "mid", 상: "high", low: "low", mid: "mid", high: "high" } as const;

/**
 * Settings of the whole pack: the entry `strata-pack` of the pack's configuration. The address plan is that of
 * requirements P7: the policies look at the resources from the side and read no profile.
 */
export const packSchema = z.strictObject({
  language: z.enum(["en", "ko"]).default("en").describe("Language of messages; STRATA_LANG wins."),
  n2sf: z
    .enum(["C", "S", "O"])
    .optional()
    .describe("N2SF grade that sets the rules' parameters. Without it their own defaults hold."),
  csap: z
    .enum(["하", "중", "상", "low", "mid", "high"])
    .transform((name) => cspGrades[name])
    .optional()
    .describe("CSAP grade that sets the rules' parameters. Without it their own defaults hold."),
  plan: z
    .strictObject({
      zones: z
        .record(z.string(), zone)
        .describe("Zones of the platform. The rules know dmz, ai, service, storage and management by name."),
      tenants: z.strictObject({ vlans: z.tuple([vlan, vlan]), cidr }).describe("Where tenants' zones may lie."),
      gatePort: z.int().min(1).max(65535).describe("The one port on which tenants reach the quality gate."),
      servePort: z.int().min(1).max(65535).describe("The one port on which the service layer reaches tenants."),
      publicPort: z.int().min(1).max(65535).describe("The one port that the world reaches, on the edge."),
    })
    .prefault({
      zones: {
        dmz: { vlan: 10, cidr: "10.0.1.0/24" },
        ai: { vlan: 50, cidr: "10.0.5.0/25" },
        service: { vlan: 55, cidr: "10.0.5.128/25" },
        storage: { vlan: 60, cidr: "10.0.6.0/24" },
        management: { vlan: 100, cidr: "10.0.100.0/24" },
      },
      tenants: { vlans: [20, 35], cidr: "10.0.16.0/20" },
      gatePort: 443,
      servePort: 8080,
      publicPort: 443,
    }),
  tenantName: pattern
    .refine(hasGroup, "needs a group in parentheses: what it finds is the tenant")
    .default("(?:^|[-.])tenant-([a-z0-9]+)(?:-|$)")
    .describe("What names of accounts, domains, pools, Ceph users and storage tags show the tenant; its first group."),
  platformAccounts: z
    .array(z.string())
    .default(["admin", "system"])
    .describe("Accounts in which the platform's own machines run; every other account is a tenant."),
  exceptions: z.array(exceptionSchema).default([]).describe("Exceptions, besides those of exceptions.yaml."),
});

export type PackSettings = z.output<typeof packSchema>;

/** Name of the pack and of its own entry among the policies: its settings, its report, its exceptions. */
export const packName = "strata";
export const packPolicy = "strata-pack";

/** What the configuration says about one policy. */
export interface Given {
  enforcement?: Enforcement | undefined;
  settings?: Readonly<Record<string, unknown>>;
}

/** Everything that a run is governed by. */
export interface Settings {
  readonly pack: PackSettings;
  readonly language: Language;
  readonly exceptions: readonly ExceptionEntry[];
  /** Rules that are switched off, or made advice. */
  readonly weakened: readonly Weakened[];
  enforcementOf(rule: Rule): Enforcement;
  of(rule: Rule): unknown;
}

/** What governs a run besides the pack's configuration. */
interface Around {
  /** Exceptions of the pack's own file. */
  exceptions?: readonly ExceptionEntry[];
  language?: string | undefined;
  /** Milliseconds; what exceptions must end within a year of. */
  now?: number;
}

/** All that is wrong with a configuration, at once. */
export class ConfigurationError extends Error {
  constructor(mistakes: readonly string[]) {
    super(
      `the configuration of policy pack "${packName}" is wrong:\n${mistakes.map((one) => `  - ${one}`).join("\n")}`,
    );
    this.name = "ConfigurationError";
  }
}

/**
 * Defaults, then the grades', then the given parameters of every rule.
 * @param given by policy
 * @throws ConfigurationError for a rule that does not exist, a parameter that it does not have, a value that it does not
 * take, an enforcement that it does not allow, or an exception for too much or too long
 */
export function readSettings(
  rules: readonly Rule[],
  given: ReadonlyMap<string, Given>,
  { exceptions = [], language, now = Date.now() }: Around = {},
): Settings {
  const mistakes: string[] = [];
  const known = new Set([packPolicy, ...rules.map(({ id }) => id)]);
  for (const name of given.keys()) {
    if (!known.has(name)) mistakes.push(`${name}: there is no such rule; the rules are listed in docs/policies.md`);
  }
  const parsed = packSchema.safeParse(given.get(packPolicy)?.settings ?? {});
  mistakes.push(...issues(packPolicy, parsed.error), ...wrongEnforcement(rules, given));
  const pack = parsed.data ?? packSchema.parse({});
  mistakes.push(...wrongAccounts(pack));
  const values = new Map(
    rules.map((rule) => {
      const of = rule.settings.safeParse({ ...gradeValues(rule, pack), ...given.get(rule.id)?.settings });
      mistakes.push(...issues(rule.id, of.error));
      return [rule.id, of.data];
    }),
  );
  if (language !== undefined && language !== "en" && language !== "ko") {
    mistakes.push(`STRATA_LANG = ${language}: must be en or ko`);
  }
  const allExceptions = [...exceptions, ...pack.exceptions];
  mistakes.push(...exceptionMistakes(allExceptions, now));
  if (mistakes.length > 0) throw new ConfigurationError(mistakes);
  const enforcementOf = (rule: Rule) => given.get(rule.id)?.enforcement ?? defaultEnforcement(rule);
  return {
    pack,
    language: (language as Language | undefined) ?? pack.language,
    exceptions: allExceptions,
    weakened: rules.flatMap((rule) => weakening(rule, defaultEnforcement(rule), enforcementOf(rule)) ?? []),
    enforcementOf,
    of: (rule) => values.get(rule.id),
  };
}

export function defaultEnforcement({ strength }: Rule): Exclude<Enforcement, "disabled"> {
  return strength === "hard" ? "mandatory" : strength;
}

function gradeValues({ grades }: Rule, { n2sf, csap }: PackSettings): object {
  return { ...grades[`csap:${csap}` as Grade], ...grades[`n2sf:${n2sf}` as Grade] };
}

function wrongEnforcement(rules: readonly Rule[], given: ReadonlyMap<string, Given>): string[] {
  return rules.flatMap((rule) => {
    const asked = given.get(rule.id)?.enforcement;
    if (rule.strength === "hard" && asked !== undefined && asked !== "mandatory") {
      return [
        `${rule.id}: enforcementLevel = ${asked}: this rule is always mandatory; except single resources instead`,
      ];
    }
    if (asked === "remediate" && !("remediate" in rule)) return [`${rule.id}: this rule cannot remediate`];
    return [];
  });
}

/** A tenant whose account is called the platform's may do all that the platform may, and no rule says so. */
function wrongAccounts({ platformAccounts, tenantName }: PackSettings): string[] {
  const tenants = platformAccounts.filter((account) => new RegExp(tenantName, "i").test(account));
  return tenants.map((account) => `${packPolicy}.platformAccounts: ${account}: its name is a tenant's`);
}

function issues(name: string, error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).map(({ path, message }) => `${[name, ...path.map(String)].join(".")}: ${message}`);
}

function hasGroup(text: string): boolean {
  return !isRegularExpression(text) || (new RegExp(`${text}|`).exec("")?.length ?? 0) > 1;
}

export function isRegularExpression(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
