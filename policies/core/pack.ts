import { Exceptions, type ExceptionUse } from "./exceptions.ts";
import type { Finding, Summary } from "./finding.ts";
import type { ResourceRule, Rule, StackRule } from "./rule.ts";
import type { Settings } from "./settings.ts";
import type { Subject } from "./subject.ts";
import type { Text } from "./text.ts";
import { checkingReads, undecidedReason } from "./unknown.ts";
import { type LookUp, World } from "./world.ts";

export interface PackOptions {
  readonly rules: readonly Rule[];
  readonly settings: Settings;
  /** A preview: what is unknown may stay so. Otherwise a grave rule that cannot be decided is a violation. */
  readonly isPreview: boolean;
  readonly lookUp?: LookUp | undefined;
  /** Milliseconds; what exceptions expire by. */
  readonly now?: number;
}

/** A rule met something unknown. */
interface Open {
  rule: Rule;
  subject: Subject | undefined;
  reason: Text;
}

interface Outcome {
  findings: Finding[];
  open: Open[];
}

/**
 * One run of the pack over one stack: each resource by itself before it is created or changed (`analyze`), then all of
 * them together (`analyzeStack`), where dependencies decide what was unknown before. Knows nothing of the engine.
 */
export class Pack {
  readonly #options: PackOptions;
  readonly #exceptions: Exceptions;
  /** Resource rules that are switched on, by resource type. */
  readonly #byType = new Map<string, ResourceRule[]>();
  readonly #stackRules: StackRule[];
  readonly #seen: World;
  readonly #reported = new Set<string>();
  #checks = 0;
  #violations = 0;
  #advisories = 0;
  #excepted = 0;

  constructor(options: PackOptions) {
    this.#options = options;
    const { rules, settings, lookUp, now = Date.now() } = options;
    this.#exceptions = new Exceptions(settings.exceptions, now);
    this.#seen = new World(settings.pack, lookUp);
    const active = rules.filter((rule) => settings.enforcementOf(rule) !== "disabled");
    this.#stackRules = active.filter((rule) => rule.kind === "stack");
    for (const rule of active.filter((one) => one.kind === "resource")) {
      for (const type of rule.types) this.#byType.set(type, [...(this.#byType.get(type) ?? []), rule]);
    }
  }

  get ruleCount(): number {
    return new Set([...this.#byType.values()].flat()).size + this.#stackRules.length;
  }

  /** All exceptions, with what they were good for so far. */
  get exceptions(): readonly ExceptionUse[] {
    return this.#exceptions.uses;
  }

  /** Judges a resource by its inputs. What is undecided is left for `analyzeStack`, where it is not refused. */
  async analyze(subject: Subject): Promise<Finding[]> {
    this.#seen.add(subject);
    const { findings, open } = await this.#judge(subject, this.#seen);
    return this.#options.isPreview ? findings : [...findings, ...this.#refuse(open)];
  }

  /** Whether any rule may change a resource of this type: of most none does, and the rules' view of it need not be made. */
  remediates(type: string): boolean {
    const { settings } = this.#options;
    return (this.#byType.get(type) ?? []).some(
      (rule) => rule.remediate !== undefined && settings.enforcementOf(rule) === "remediate",
    );
  }

  /** The inputs to use instead, where a rule of strength "remediate" changes some; with the rules that did. */
  remediate(subject: Subject): { rule: Rule; changes: Record<string, unknown> }[] {
    const { settings } = this.#options;
    return (this.#byType.get(subject.type) ?? []).flatMap((rule) => {
      if (rule.remediate === undefined || settings.enforcementOf(rule) !== "remediate") return [];
      const changes = rule.remediate(subject, { settings: settings.of(rule), world: this.#seen });
      return changes === undefined ? [] : [{ rule, changes }];
    });
  }

  /** Judges all resources together, and what was undecided once more. Says no violation twice. */
  async analyzeStack(resources: readonly Subject[]): Promise<{ findings: Finding[]; summary: Summary }> {
    const subjects = resources.map((subject) => completed(subject, this.#seen.get(subject.urn)));
    const world = new World(this.#options.settings.pack, this.#options.lookUp);
    for (const subject of subjects) {
      world.add(subject);
      this.#exceptions.see(subject.urn);
    }
    world.link();
    const outcomes: Outcome[] = [];
    for (const subject of this.#inTurn(subjects)) outcomes.push(await this.#judge(subject, world));
    for (const rule of this.#stackRules) outcomes.push(await this.#judgeStack(rule, world));
    const open = outcomes.flatMap((outcome) => outcome.open);
    for (const { rule, subject } of open) this.#exceptions.leaveOpen(rule.id, subject?.urn);
    const findings = outcomes.flatMap((outcome) => outcome.findings);
    const { isPreview } = this.#options;
    const refused = isPreview ? [] : this.#refuse(open);
    const stillOpen = undecided(isPreview ? open : open.filter(({ rule }) => !this.#refuses(rule)), isPreview);
    const looked = this.#countResources(subjects);
    const own = [...this.#judgeExceptions(), ...this.#judgeItself(looked)];
    return {
      findings: [...findings, ...refused, ...stillOpen, ...own],
      summary: {
        rules: this.ruleCount,
        resources: looked,
        checks: this.#checks,
        violations: this.#violations,
        advisories: this.#advisories,
        excepted: this.#excepted,
        undecided: new Set(open.map(({ rule, subject }) => `${rule.id} ${subject?.urn}`)).size,
      },
    };
  }

  /** In the order in which they were judged by themselves: of two that clash, the same one is the later one again. */
  #inTurn(subjects: readonly Subject[]): readonly Subject[] {
    const turns = new Map([...this.#seen.all()].map(({ urn }, turn) => [urn, turn]));
    const turnOf = ({ urn }: Subject) => turns.get(urn) ?? turns.size;
    return [...subjects].sort((one, other) => turnOf(one) - turnOf(other));
  }

  async #judge(subject: Subject, world: World): Promise<Outcome> {
    const outcome: Outcome = { findings: [], open: [] };
    for (const rule of this.#byType.get(subject.type) ?? []) {
      await this.#run(rule, subject, outcome, (context) => rule.check(subject, { ...context, world }));
    }
    return outcome;
  }

  async #judgeStack(rule: StackRule, world: World): Promise<Outcome> {
    const outcome: Outcome = { findings: [], open: [] };
    if (!rule.types.some((type) => world.ofType(type).length > 0)) return outcome;
    await this.#run(rule, undefined, outcome, (context) => rule.check(world, { ...context, world }));
    return outcome;
  }

  async #run(
    rule: Rule,
    subject: Subject | undefined,
    { findings, open }: Outcome,
    check: (context: {
      settings: unknown;
      report: (message: Text, about?: Pick<Subject, "urn">) => void;
      part: (check: () => void | Promise<void>) => Promise<void>;
    }) => void | Promise<void>,
  ): Promise<void> {
    this.#checks += 1;
    const part = async (inner: () => void | Promise<void>) => {
      try {
        await inner();
      } catch (error) {
        const reason = undecidedReason(error);
        if (reason === undefined) throw error;
        open.push({ rule, subject, reason });
      }
    };
    const report = (message: Text, about?: Pick<Subject, "urn">) => {
      findings.push(...this.#violation(rule, (about ?? subject)?.urn, message));
    };
    try {
      await part(() => check({ settings: this.#options.settings.of(rule), report, part }));
    } catch (error) {
      throw explain(error, rule, subject);
    }
  }

  /** The violation as a finding, unless it was reported before. */
  #violation(rule: Rule, urn: string | undefined, message: Text): Finding[] {
    const key = JSON.stringify([rule.id, urn, message.en]);
    if (this.#reported.has(key)) return [];
    this.#reported.add(key);
    const exception = urn === undefined ? undefined : this.#exceptions.covering(rule.id, urn);
    if (exception !== undefined) {
      this.#excepted += 1;
      return [{ rule, urn, message, enforcement: "advisory", status: "excepted", exception }];
    }
    const asked = this.#options.settings.enforcementOf(rule);
    const enforcement = asked === "advisory" ? "advisory" : "mandatory";
    if (enforcement === "advisory") this.#advisories += 1;
    else this.#violations += 1;
    return [{ rule, urn, message, enforcement, status: "violation" }];
  }

  /** Whether nothing is created or changed that the rule cannot judge. */
  #refuses(rule: Rule): boolean {
    if (rule.strength === "hard") return true;
    const isGrave = rule.kind === "resource" && (rule.severity === "high" || rule.severity === "critical");
    return isGrave && this.#options.settings.enforcementOf(rule) !== "advisory";
  }

  #refuse(open: readonly Open[]): Finding[] {
    return open.flatMap(({ rule, subject, reason }) => {
      if (!this.#refuses(rule)) return [];
      const message = {
        en: `cannot be decided, and so is refused: ${reason.en}`,
        ko: `판정할 수 없어 거부함: ${reason.ko}`,
      };
      return this.#violation(rule, subject?.urn, message);
    });
  }

  #judgeExceptions(): Finding[] {
    const known = new Set(this.#options.rules.map(({ id }) => id));
    return this.#exceptions.uses.flatMap(({ entry, hasExpired, hasResource, isOpen, uses }) => {
      const { rule, resource, owner, expires } = entry;
      const what = `${rule} / ${resource} (${owner}, ${expires})`;
      const notice = (en: string, ko: string, enforcement: Finding["enforcement"]): Finding => {
        if (enforcement === "mandatory") this.#violations += 1;
        const message = { en: `exception ${what}: ${en}`, ko: `예외 ${what}: ${ko}` };
        return { rule: undefined, urn: undefined, message, enforcement, status: "notice", exception: entry };
      };
      const isIdle = !hasExpired && known.has(rule) && hasResource && !isOpen && uses === 0;
      return [
        ...(isIdle ? [notice("covers nothing: take it out", "적용 대상 없음: 예외를 삭제할 것", "advisory")] : []),
        ...(hasExpired ? [notice("has expired", "만료됨", "mandatory")] : []),
        ...(known.has(rule) ? [] : [notice("there is no such rule", "존재하지 않는 규칙", "advisory")]),
        ...(hasResource ? [] : [notice("fits no resource", "해당하는 리소스 없음", "advisory")]),
      ];
    });
  }

  /** A pack that looks at nothing has been talked around. */
  #judgeItself(resources: number): Finding[] {
    const failure = (message: Text): Finding => {
      this.#violations += 1;
      return { rule: undefined, urn: undefined, message, enforcement: "mandatory", status: "violation" };
    };
    return [
      ...(this.ruleCount > 0 ? [] : [failure({ en: "no rule is switched on", ko: "활성화된 규칙이 없음" })]),
      ...(resources > 0
        ? []
        : [failure({ en: "there is no resource that a rule looks at", ko: "규칙이 검사할 리소스가 없음" })]),
    ];
  }

  #countResources(subjects: readonly Subject[]): number {
    const types = new Set([...this.#byType.keys(), ...this.#stackRules.flatMap((rule) => rule.types)]);
    return subjects.filter(({ type }) => types.has(type)).length;
  }
}

/** Outputs with the inputs that no server gives back, such as user data. */
function completed(outputs: Subject, inputs: Subject | undefined): Subject {
  if (inputs === undefined) return outputs;
  const raw = { ...inputs.raw, ...outputs.raw };
  return { ...outputs, raw, props: checkingReads(raw), secrets: new Set([...outputs.secrets, ...inputs.secrets]) };
}

/** One finding for all that a rule could not decide. */
function undecided(open: readonly Open[], isPreview: boolean): Finding[] {
  const byRule = Map.groupBy(open, ({ rule }) => rule);
  return [...byRule].map(([rule, cases]) => {
    const names = [...new Set(cases.map(({ subject }) => subject?.name ?? "stack"))].sort();
    const shown = names.length > 5 ? `${names.slice(0, 5).join(", ")}, …` : names.join(", ");
    const reasons = (language: keyof Text) =>
      [...new Set(cases.map(({ reason }) => reason[language]))].sort().slice(0, 3);
    const head = isPreview
      ? { en: "undecided until apply", ko: "적용 시점까지 미결정" }
      : { en: "could not be decided", ko: "판정하지 못함" };
    const message = {
      en: `${head.en} for ${names.length}: ${shown} (${reasons("en").join("; ")})`,
      ko: `${head.ko} ${names.length}건: ${shown} (${reasons("ko").join("; ")})`,
    };
    return { rule, urn: undefined, message, enforcement: "advisory", status: "undecided" };
  });
}

function explain(error: unknown, { id }: Rule, subject: Subject | undefined): Error {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Error(`rule ${id} failed on ${subject?.urn ?? "the stack"}: ${what}`);
}
