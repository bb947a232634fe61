import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { startStateService } from "../../tools/journal/service.ts";
import { journalFolder } from "../../tools/journal/start.ts";
import { pulumiEnv } from "../../tools/pulumi.ts";
import { makeStack } from "./new-stack.ts";
import { vault, vaultKey } from "./vault.ts";

const root = join(import.meta.dirname, "../..");

/** What one run of the engine did. */
export interface Run {
  code: number | null;
  /** Resource steps by kind: `{ create: 40, same: 3 }`. The stack and the providers are not counted. */
  steps: Record<string, number>;
  /** Each step that is not `same`, in order; refreshes are not among them. */
  changes: Step[];
  /** What a refresh found to differ from the state: `update`, or `delete` for what is gone. */
  drift: Step[];
  /** Everything printed, both streams, without colours. */
  text: string;
  seconds: number;
  /** The file of the engine's events. */
  events: string;
}

export interface Step {
  op: string;
  type: string;
  /** The logical name, the last part of the urn. */
  name: string;
  urn: string;
  /** Property paths of the detailed diff with their kind, e.g. `{ "serviceOfferingId": "update" }`. */
  diff: Record<string, string>;
}

/** A resource as the state has it. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  dependencies?: string[];
}

export interface StackOptions {
  /** The program's environment: the endpoint and its keys. */
  env: Record<string, string>;
  stack?: string;
  /** `strata:profile`; default demo-cpu. */
  profile?: string;
  /** Deep-merged into the profile through STRATA_OVERRIDES. */
  overrides?: unknown;
  /** Another program than the product's own, e.g. a small one of a test: a folder with a Pulumi.yaml. */
  program?: string;
  /** Its secrets' key comes from a passphrase, as a newcomer's does. Default: from a vault, which spares CPU. */
  passphrase?: boolean;
  /** What changes the stack goes through a journal (tools/journal). Default: as the tests themselves are run (STRATA_STATE). */
  journal?: boolean;
}

/**
 * One stack of the real engine with a backend of its own in a temporary folder; nothing is written into the repository.
 * `overrides` and `env` may be changed between runs.
 */
export class EngineStack {
  readonly name: string;
  readonly folder: string;
  overrides: unknown;
  env: Record<string, string>;
  /** May be changed between runs, too: both ways keep the same state. */
  journal: boolean;
  readonly #program: string;
  readonly #secretsProvider: string;
  /** Of a journal's service: it makes the state whole after the engine's end. */
  #ended: Promise<void> | undefined;
  #isMade = false;
  #runs = 0;

  constructor(options: StackOptions) {
    this.folder = mkdtempSync(join(tmpdir(), "strata-stack-"));
    // Of its own: `stack init` leaves a file of this name in the program's folder for a moment, and tests run side by side.
    this.name = options.stack ?? `test-${basename(this.folder).slice(-6)}`;
    this.env = options.env;
    this.overrides = options.overrides;
    this.#program = options.program ?? root;
    this.#secretsProvider = options.passphrase ? "passphrase" : vaultKey;
    this.journal = options.journal ?? process.env.STRATA_STATE === "journal";
    writeFileSync(join(this.folder, "passphrase"), "only for tests");
    this.useProfile(options.profile ?? "demo-cpu");
  }

  up = (...words: string[]): Promise<Run> => this.#operate("up", "--yes", "--skip-preview", ...words);
  preview = (...words: string[]): Promise<Run> => this.#operate("preview", ...words);
  refresh = (...words: string[]): Promise<Run> => this.#operate("refresh", "--yes", "--skip-preview", ...words);
  destroy = (...words: string[]): Promise<Run> => this.#operate("destroy", "--yes", "--skip-preview", ...words);

  /** Sets `strata:profile`: a name out of profiles/, or the path of a profile. */
  useProfile(profile: string): void {
    this.#configure({ config: { "strata:profile": profile } });
  }

  #configure(sections: Record<string, unknown>): void {
    const before = existsSync(this.configFile) ? parse(readFileSync(this.configFile, "utf8")) : {};
    writeFileSync(this.configFile, JSON.stringify({ ...before, ...sections }));
  }

  /** Any other command of the CLI, for this stack's backend. */
  async pulumi(...words: string[]): Promise<{ code: number | null; text: string }> {
    const child = await this.start(words);
    return await collect(child);
  }

  /** A command that asks for a text, e.g. a secret that belongs on no command line. */
  async answer(text: string, ...words: string[]): Promise<{ code: number | null; text: string }> {
    const child = await this.start(words, "pipe");
    child.stdin?.end(text);
    return await collect(child);
  }

  /** Starts a command and gives its process, for tests that kill it. */
  async start(words: string[], stdin: "ignore" | "pipe" = "ignore"): Promise<ChildProcess> {
    await this.#ended;
    const { command, env } = await pulumiEnv({ ...process.env, ...(await this.engineEnv()), ...this.env }, words);
    const folder = journalFolder({ ...env, STRATA_STATE: this.journal ? "journal" : "folder" }, words);
    const service = folder === undefined ? undefined : await startStateService(folder);
    const engine = spawn(command, ["--color", "never", "--non-interactive", ...words], {
      cwd: this.#program,
      env: { ...env, ...service?.env },
      stdio: [stdin, "pipe", "pipe"],
    });
    engine.once("exit", () => {
      this.#ended = service?.close();
    });
    return engine;
  }

  async exportState(): Promise<{ deployment: { resources?: StateResource[] } }> {
    const { text } = await this.pulumi("stack", "export", "--stack", this.name);
    return JSON.parse(text);
  }

  /** Removes the temporary folder. What the stack deployed stays where it is. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #operate(operation: string, ...words: string[]): Promise<Run> {
    await this.init();
    this.#runs += 1;
    const events = join(this.folder, `events-${this.#runs}.jsonl`);
    const started = performance.now();
    const child = await this.start([...this.words(operation), "--event-log", events, ...words]);
    const { code, text } = await collect(child);
    await this.#ended;
    return { code, text, seconds: (performance.now() - started) / 1000, events, ...readSteps(events) };
  }

  /** The words of an operation on this stack, for `start`. */
  words(operation: string): string[] {
    return [operation, "--stack", this.name, "--config-file", this.configFile];
  }

  /** Makes the stack; the operations do so by themselves. */
  async init(): Promise<void> {
    if (this.#isMade) return;
    const place = { name: this.name, folder: this.folder, program: this.#program };
    this.#configure(
      await makeStack(place, this.#secretsProvider, async () => {
        const words = ["--stack", this.name, "--secrets-provider", this.#secretsProvider, "--no-select"];
        const { code, text } = await this.pulumi("stack", "init", ...words);
        if (code !== 0) throw new Error(`the stack could not be made: ${text}`);
      }),
    );
    this.#isMade = true;
  }

  /** The stack's own configuration, for `pulumi config --config-file`. */
  get configFile(): string {
    return join(this.folder, `Pulumi.${this.name}.yaml`);
  }

  /** In which any `pulumi` finds the stack and can read its secrets. */
  async engineEnv(): Promise<Record<string, string>> {
    return {
      ...(await vault()),
      PULUMI_BACKEND_URL: `file://${this.folder}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(this.folder, "passphrase"),
      // `--event-log` is one of the engine's debugging flags.
      PULUMI_DEBUG_COMMANDS: "true",
      ...(this.overrides === undefined ? {} : { STRATA_OVERRIDES: JSON.stringify(this.overrides) }),
    };
  }
}

async function collect(child: ChildProcess): Promise<{ code: number | null; text: string }> {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  const [code] = await once(child, "close");
  return { code, text };
}

interface EngineEvent {
  resourcePreEvent?: { metadata: Metadata };
  /** What came of a step; for a refresh `same`, `update` or `delete`. */
  resOutputsEvent?: { metadata: Metadata };
}

interface Metadata {
  op: string;
  urn: string;
  type: string;
  detailedDiff?: Record<string, { diffKind: string }> | null;
}

/** The engine plans each resource once: its "pre" events are the steps. What a refresh found is known only afterwards. */
function readSteps(file: string): Pick<Run, "steps" | "changes" | "drift"> {
  const steps: Record<string, number> = {};
  const changes: Step[] = [];
  const drift: Step[] = [];
  const refreshed = new Set<string>();
  for (const line of lines(file)) {
    const { resourcePreEvent, resOutputsEvent } = JSON.parse(line) as EngineEvent;
    const metadata = (resourcePreEvent ?? resOutputsEvent)?.metadata;
    if (metadata === undefined || metadata.type.startsWith("pulumi:")) continue;
    const { op, urn } = metadata;
    if (resourcePreEvent !== undefined) {
      steps[op] = (steps[op] ?? 0) + 1;
      if (op === "refresh") refreshed.add(urn);
      else if (op !== "same") changes.push(stepOf(metadata));
    } else if (refreshed.delete(urn) && op !== "same" && op !== "refresh") {
      drift.push(stepOf(metadata));
    }
  }
  return { steps, changes, drift };
}

function stepOf({ op, type, urn, detailedDiff }: Metadata): Step {
  const diff = Object.entries(detailedDiff ?? {}).map(([path, { diffKind }]) => [path, diffKind]);
  return { op, type, urn, name: urn.slice(urn.lastIndexOf("::") + 2), diff: Object.fromEntries(diff) };
}

function lines(file: string): string[] {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  } catch {
    return [];
  }
}
