import { rules } from "../../policies/catalogue.generated.ts";
import type { Finding } from "../../policies/core/finding.ts";
import { Pack } from "../../policies/core/pack.ts";
import { unknownValue } from "../../policies/core/sdk.ts";
import { type Given, readSettings } from "../../policies/core/settings.ts";
import { type Subject, subjectOf, urnOf, type Values } from "../../policies/core/subject.ts";
import { type LookUp, noUsers, type Users } from "../../policies/core/world.ts";
import { types } from "../../policies/model/types.ts";
import type { Edited } from "./mutations-record.ts";

/** What the program registers, to edit: as if somebody had written it differently. */
export class Platform {
  readonly resources: Edited[];
  readonly isPreview: boolean;

  constructor(recorded: readonly Edited[], isPreview: boolean) {
    this.resources = structuredClone([...providers, ...recorded]);
    this.isPreview = isPreview;
  }

  get(type: string, name: string): Edited {
    const found = this.resources.filter((one) => one.type === type && one.name === name);
    const [only] = found;
    if (only === undefined || found.length > 1) throw new Error(`${found.length} resources are ${type} ${name}`);
    return only;
  }

  /** Something that is written in the program by hand, after all the rest. Tagged as everything is. */
  add(type: string, name: string, props: Record<string, unknown>): Edited {
    const tags = { env: "prod", layer: "service-edge", owner: "platform-admin", "data-class": "sensitive" };
    const id = this.isPreview ? unknownValue : `${name} (id)`;
    const added: Edited = {
      urn: urnOf(type, name),
      type,
      name,
      id,
      props: { tags, ...props },
      secrets: new Set(),
      ...plainOptions(),
    };
    this.resources.push(added);
    return added;
  }

  remove(type: string, name: string): void {
    this.resources.splice(this.resources.indexOf(this.get(type, name)), 1);
  }
}

/** The engine makes these itself, out of the configuration. */
const providers: Edited[] = [
  provider(types.cloudstackProvider, { apiUrl: "https://mold.ai.internal:8443/client/api", verifyTls: "true" }),
  provider(types.cephProvider, { url: "https://glue.ai.internal:8443", verifyTls: "true" }),
];

function provider(type: string, props: Record<string, unknown>): Edited {
  const urn = urnOf(type, "default");
  return { urn, type, name: "default", id: "default (id)", props, secrets: new Set(), ...plainOptions() };
}

function plainOptions() {
  return { protect: false, ignoreChanges: [], aliases: [], parent: undefined, dependencies: {} };
}

/** Lets a property be made from the ids of other resources, and returns them. */
export function refer(from: Edited, property: string, ...targets: Edited[]): string[] {
  from.dependencies[property] = targets.map(({ urn }) => urn);
  return targets.map(({ id }) => id);
}

/** What stands at the site and not in the program: profiles of shares of cards with their memory in MiB, and others. */
const site = new Map<string, Subject>([
  standing(types.template, "cloudstack:compute:getTemplate (id)", { name: "ubuntu" }),
  standing(types.serviceOffering, "custom (id)", { name: "custom", offerHa: true }),
  ...Object.entries({ "A100-8C": 8192, "A100-4C": 4096, passthrough: 40_960, "A100-4C-TS": 4096 }).map(
    ([name, videoRamMib]) => standing(types.vgpuProfile, `${name} (id)`, { name, videoRamMib }),
  ),
]);

function standing(type: string, id: string, props: { name: string } & Values): [string, Subject] {
  return [`${type} ${id}`, subjectOf({ type, name: props.name, props })];
}

/** The live API: knows the site, and what has been made so far. */
class Server implements LookUp {
  readonly #made = new Map(site);

  make(subject: Subject, id: string): void {
    if (id !== unknownValue) this.#made.set(`${subject.type} ${id}`, subject);
  }

  async find(type: string, id: string): Promise<Subject | undefined> {
    return this.#made.get(`${type} ${id}`);
  }

  async users(): Promise<Users> {
    // Nothing uses what is about to be made.
    return noUsers;
  }
}

export interface Verdict {
  /** Said of single resources, before they are made. */
  early: Finding[];
  /** Said of all together. */
  late: Finding[];
}

/** What the pack says, as a preview or an update of an empty stack asks it. */
export async function judgeAll(
  { resources, isPreview }: Platform,
  given: ReadonlyMap<string, Given> = new Map(),
): Promise<Verdict> {
  const server = new Server();
  const pack = new Pack({ rules, settings: readSettings(rules, given), isPreview, lookUp: server });
  const ordered = byDependencies(resources);
  const subjects = ordered.map(subjectOf);
  const early: Finding[] = [];
  for (const [index, subject] of subjects.entries()) {
    // The engine tells dependencies at the end only.
    early.push(...(await pack.analyze({ ...subject, dependencies: new Map() })));
    server.make(subject, ordered[index]?.id ?? unknownValue);
  }
  const { findings: late } = await pack.analyzeStack(subjects);
  return { early, late };
}

/** As the engine would see them: what an edit makes something depend on is there before it. */
function byDependencies(resources: readonly Edited[]): Edited[] {
  const known = new Map(resources.map((one) => [one.urn, one]));
  const ordered = new Set<Edited>();
  const put = (one: Edited) => {
    known.delete(one.urn);
    for (const urn of Object.values(one.dependencies).flat()) {
      const before = known.get(urn);
      if (before !== undefined) put(before);
    }
    ordered.add(one);
  };
  for (const one of resources) if (known.has(one.urn)) put(one);
  return [...ordered];
}
