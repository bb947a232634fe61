import { type Range, Ranges } from "./ranges.ts";
import { isUnknown } from "./sdk.ts";
import type { PackSettings } from "./settings.ts";
import type { Subject, Values } from "./subject.ts";
import { checkingReads, Undecided } from "./unknown.ts";

/**
 * Asks the live API for what the engine does not tell: what an id in an input stands for.
 * Returns undefined when there is no such thing; throws when nobody can be asked.
 */
export interface LookUp {
  find(type: string, id: string, asker: Subject<unknown>): Promise<Subject | undefined>;
  /**
   * What uses a resource that may have been there before this run: the networks of an ACL list; and the ids of what it
   * may be. Asked once a run: what the run itself makes, the world has seen.
   */
  users(subject: Subject<unknown>, type: string): Promise<Users>;
}

export interface Users {
  readonly ids: ReadonlySet<string>;
  readonly users: readonly Subject[];
}

export const noUsers: Users = { ids: new Set(), users: [] };

/** What a rule over one resource may use of the world: nothing that takes longer the more resources there are. */
export type Surroundings = Pick<World, "settings" | "get" | "claim" | "claimRange" | "referents" | "users">;

/**
 * The resources seen so far, with what they refer to. Before a change these are the inputs of the resources so far; at
 * the end, and after a preview, all resources with their dependencies.
 */
export class World {
  readonly settings: PackSettings;
  readonly #lookUp: LookUp | undefined;
  readonly #byUrn = new Map<string, Subject>();
  readonly #byType = new Map<string, Map<string, Subject>>();
  readonly #lists = new Map<string, readonly Subject[]>();
  readonly #byName = new Map<string, Map<string, Subject>>();
  readonly #byId = new Map<string, Subject>();
  readonly #ranges = new Map<string, Ranges>();
  readonly #byReference = new Map<string, { count: number; byId: Map<unknown, Subject[]> }>();
  #isLinked = false;
  readonly #indexes = new Map<(world: World) => unknown, unknown>();
  readonly #claims = new Map<string, Map<string, string>>();

  constructor(settings: PackSettings, lookUp?: LookUp) {
    this.settings = settings;
    this.#lookUp = lookUp;
  }

  /** Adds a resource, or the newer view of one. */
  add(subject: Subject): void {
    this.#byUrn.set(subject.urn, subject);
    if (typeof subject.raw.name === "string") {
      const named = this.#byName.get(nameKey(subject)) ?? new Map<string, Subject>();
      this.#byName.set(nameKey(subject), named.set(subject.urn, subject));
    }
    const ofType = this.#byType.get(subject.type) ?? new Map<string, Subject>();
    this.#byType.set(subject.type, ofType.set(subject.urn, subject));
    this.#lists.delete(subject.type);
    this.#indexes.clear();
  }

  /**
   * Learns which ids belong to which resources, from properties made from exactly one. After the last `add`. A property
   * may be made from one thing and name another: an id that two things are said to have, and a thing that is said to have
   * two, are not believed, and asked for.
   */
  link(): void {
    this.#isLinked = true;
    const said = new Map<string, Set<Subject>>();
    const idsOf = new Map<Subject, Set<string>>();
    for (const subject of this.#byUrn.values()) {
      for (const [property, urns] of subject.dependencies) {
        const [only] = urns;
        const id = namesIds.test(property) ? onlyId(subject.raw[property]) : undefined;
        const referent = only === undefined || urns.length > 1 ? undefined : this.#byUrn.get(only);
        if (referent === undefined || id === undefined) continue;
        const key = `${referent.type} ${id}`;
        said.set(key, (said.get(key) ?? new Set()).add(referent));
        idsOf.set(referent, (idsOf.get(referent) ?? new Set()).add(id));
      }
    }
    for (const [key, [referent, ...others]] of said) {
      if (referent !== undefined && others.length === 0 && idsOf.get(referent)?.size === 1)
        this.#byId.set(key, referent);
    }
  }

  get size(): number {
    return this.#byUrn.size;
  }

  get(urn: string): Subject | undefined {
    return this.#byUrn.get(urn);
  }

  all(): IterableIterator<Subject> {
    return this.#byUrn.values();
  }

  ofType<P = Values>(type: string): readonly Subject<P>[] {
    const list = this.#lists.get(type) ?? [...(this.#byType.get(type)?.values() ?? [])];
    this.#lists.set(type, list);
    return list as unknown as Subject<P>[];
  }

  /** What `build` makes of this world, made once for all rules that ask. For stack rules: each `add` forgets it. */
  index<T>(build: (world: World) => T): T {
    if (!this.#indexes.has(build)) this.#indexes.set(build, build(this));
    return this.#indexes.get(build) as T;
  }

  /** Who claimed the key first: undefined when that is the subject itself, now or before. For what must be unique. */
  claim(space: string, key: string, subject: Pick<Subject<unknown>, "urn">): Subject | undefined {
    const claims = this.#claims.get(space) ?? new Map<string, string>();
    this.#claims.set(space, claims);
    const holder = claims.get(key);
    if (holder === undefined) claims.set(key, subject.urn);
    return holder === undefined || holder === subject.urn ? undefined : this.#byUrn.get(holder);
  }

  /** Like `claim` for ranges of numbers, of which no two may overlap. */
  claimRange(space: string, range: Range, subject: Pick<Subject<unknown>, "urn">): Subject | undefined {
    const ranges = this.#ranges.get(space) ?? new Ranges();
    this.#ranges.set(space, ranges);
    const holder = ranges.claim(range, subject.urn);
    return holder === undefined ? undefined : this.#byUrn.get(holder);
  }

  /**
   * The resources of a type that a property refers to by id: by the ids learned, by the live API, or, of an id that is not
   * known yet, by the dependencies that the engine tells. Where several ids are unknown, all that the property was made from.
   * @param ids the property's ids, unknown ones included; empty ones count as none
   * @throws Undecided when an id is unknown and nothing tells what it will be
   */
  async referents<P = Values>(
    subject: Subject<unknown>,
    property: string,
    type: string,
    ids: readonly unknown[],
  ): Promise<Subject<P>[]> {
    const made = (subject.dependencies.get(property) ?? []).flatMap((urn) => this.#byUrn.get(urn) ?? []);
    const candidates = made.filter((one) => one.type === type);
    const found = new Set<Subject>();
    for (const id of ids.filter((one) => one !== undefined && one !== null && one !== "")) {
      const referent = isUnknown(id) ? undefined : this.#byId.get(`${type} ${id}`);
      // An id that is known is not taken for what else the property was made from, where somebody can be asked.
      const isTold = isUnknown(id) || this.#lookUp === undefined;
      if (referent !== undefined) found.add(referent);
      else if (isTold && candidates.length > 0) for (const candidate of candidates) found.add(candidate);
      else found.add(await this.#ask(subject, property, type, id));
    }
    return [...found] as unknown as Subject<P>[];
  }

  /**
   * What of a type uses a resource that is about to change, by a property: as the live API says, and as this run has
   * said since. Only before a change: at the end the users are judged themselves. Nobody who can be asked: nothing.
   */
  async users<P = Values>(subject: Subject<unknown>, type: string, property: string): Promise<Subject<P>[]> {
    if (this.#lookUp === undefined || this.#isLinked) return [];
    const { ids, users } = await this.#lookUp.users(subject, type).catch((error: Error) => {
      throw new Undecided({ en: `who uses it: ${error.message}`, ko: `사용처 확인 실패: ${error.message}` });
    });
    const live = users.map((user) => this.#withInputs(user));
    const seen = [...ids].flatMap((id) => this.#naming(type, property, id));
    return [...new Map([...live, ...seen].map((one) => [one.urn, one])).values()] as unknown as Subject<P>[];
  }

  /** What was seen of a type whose property is an id that is known. */
  #naming(type: string, property: string, id: string): readonly Subject[] {
    const ofType = this.ofType(type);
    const known = this.#byReference.get(`${type} ${property}`) ?? { count: 0, byId: new Map<unknown, Subject[]>() };
    this.#byReference.set(`${type} ${property}`, known);
    // Resources only ever come on top, so each is looked at once.
    for (const one of ofType.slice(known.count)) {
      known.byId.set(one.raw[property], [...(known.byId.get(one.raw[property]) ?? []), one]);
    }
    known.count = ofType.length;
    return (known.byId.get(id) ?? []).map(({ urn }) => this.#byUrn.get(urn)).filter((one) => one !== undefined);
  }

  /**
   * What the server tells, completed by what the program said of it in this run: a server does not give back user data
   * and secrets. The same thing is what has the same name and nothing that tells them apart.
   */
  #withInputs(answer: Subject): Subject {
    const named = [...(this.#byName.get(nameKey(answer))?.values() ?? [])];
    const [same, another] = named.filter((seen) => identities.every((field) => agrees(seen, answer, field)));
    if (same === undefined || another !== undefined) return answer;
    const known = Object.entries(same.raw).filter(([, value]) => value !== undefined && !isUnknown(value));
    const raw = { ...answer.raw, ...Object.fromEntries(known) };
    return { ...same, raw, props: checkingReads(raw) };
  }

  async #ask(subject: Subject<unknown>, property: string, type: string, id: unknown): Promise<Subject> {
    if (typeof id !== "string" || isUnknown(id)) {
      throw new Undecided({
        en: `${property} is known only after its creation`,
        ko: `${property} 값은 생성된 뒤에야 알 수 있음`,
      });
    }
    const noun = type.slice(type.lastIndexOf(":") + 1);
    const nobody = { en: "nobody who knows could be asked", ko: "조회할 서버가 없음" };
    const unknown = (why: { en: string; ko: string }) =>
      new Undecided({ en: `${property}: ${noun} ${id}: ${why.en}`, ko: `${property}: ${noun} ${id}: ${why.ko}` });
    if (this.#lookUp === undefined) throw unknown(nobody);
    const answer = await this.#lookUp.find(type, id, subject).catch((error: Error) => {
      throw unknown({ en: error.message, ko: error.message });
    });
    if (answer === undefined) throw unknown({ en: "the server does not know it", ko: "서버에 없는 대상" });
    const known = this.#withInputs(answer);
    this.#byId.set(`${type} ${id}`, known);
    return known;
  }
}

/** Properties whose values are ids: others may be made of something else of the same thing, such as its address. */
const namesIds = /(?:Ids?|^nics)$/;

/** What tells two things of one name apart. */
const identities = ["account", "domainId", "vpcId", "vlan", "gateway"];

function agrees(seen: Subject, live: Subject, field: string): boolean {
  const [one, other] = [seen.raw[field], live.raw[field]];
  // What the program leaves to the server, the server has filled in.
  return one === undefined || one === "" || isUnknown(one) || one === other;
}

function nameKey({ type, raw }: Subject): string {
  return `${type} ${String(raw.name)}`;
}

function onlyId(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.length === 1 ? onlyId(value[0]) : undefined;
  if (typeof value === "string") return isUnknown(value) || value === "" ? undefined : value;
  if (typeof value !== "object" || value === null) return undefined;
  const { networkId } = value as { networkId?: unknown };
  return typeof networkId === "string" && !isUnknown(networkId) ? networkId : undefined;
}
