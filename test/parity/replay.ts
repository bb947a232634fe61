/** Repeats recorded calls on the emulator, in order, and compares every answer. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, call, content, type Endpoint } from "./api.ts";
import { compare, type Difference, References } from "./compare.ts";
import { before, knownDifferences, seeded } from "./conditions.ts";
import { registerGpusOfEarlierRun } from "./gpus-before.ts";
import type { RecordedCall } from "./recording.ts";

export interface Replayed {
  /** Differences that no entry of the table of known ones explains. */
  readonly differences: readonly Difference[];
  /** The known differences that were met, as `<call> <path>`. */
  readonly known: readonly string[];
  /** Whether the job was seen while it ran, where the recording has that too. */
  readonly sawPending: boolean;
}

type Emulator = Endpoint & { readonly controlUrl: string };

export class Replay {
  readonly #emulator: Emulator;
  readonly #references = new References();
  #started: { recorded: number; ours: number } | undefined;

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
  }

  /** Brings the emulator into the state in which the recorded server was before the first call. */
  async prepare(): Promise<void> {
    const ids = new Map<string, string>();
    for (const { recorded, command, params, name } of seeded) {
      const inner = content(await this.call(command, params));
      const rows = Object.values(inner).find(Array.isArray) as Record<string, string>[] | undefined;
      const row = rows?.find((candidate) => candidate.name === name || candidate.description === name);
      if (row?.id === undefined) throw new Error(`${command} does not list "${name}": ${JSON.stringify(inner)}`);
      this.#references.bind("uuid", recorded, row.id);
      ids.set(command, row.id);
    }
    for (const { command, params } of before) {
      const cluster = ids.get("listClusters") ?? "";
      const filled = Object.entries(params).map(([name, value]) => [name, value === "$cluster" ? cluster : value]);
      const answer = await this.call(command, Object.fromEntries(filled));
      if (answer.status !== 200) throw new Error(`${command}: ${JSON.stringify(answer.body)}`);
    }
    await registerGpusOfEarlierRun((command, params) => this.call(command, params));
  }

  /** Whether the call works on something that a refused call made. */
  lacksReferences(recorded: RecordedCall): boolean {
    return Object.values(recorded.params).some((value) => this.#references.hasUnknown(value));
  }

  /** Repeats one call; `id` is the recording's name and the call's position, e.g. `03-vpc-acl[7]`. */
  async run(id: string, recorded: RecordedCall): Promise<Replayed> {
    await this.#followClock(recorded);
    const answer = await this.call(recorded.command, this.params(recorded));
    const differences = [
      ...compare(recorded.status, answer.status, this.#references, "status"),
      ...compare(recorded.body, answer.body, this.#references),
    ];
    const { jobid } = content(answer);
    let sawPending = false;
    if (recorded.job !== undefined && typeof jobid === "string") {
      const first = await this.call("queryAsyncJobResult", { jobid });
      if (recorded.pending !== undefined && content(first).jobstatus === 0) {
        sawPending = true;
        differences.push(...compare(recorded.pending, first.body, this.#references, "pending"));
      }
      const last = await this.#finished(jobid, first);
      differences.push(...compare(recorded.job, last.body, this.#references, "job"));
    }
    return { ...sort(id, differences), sawPending };
  }

  /** The parameters of a recorded call in terms of our ids. */
  params(recorded: RecordedCall): Record<string, string> {
    return Object.fromEntries(
      Object.entries(recorded.params).map(([name, value]) => [name, this.#references.translate(value)]),
    );
  }

  async call(command: string, params: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return call(this.#emulator, command, params);
  }

  async #finished(jobid: string, first: Answer): Promise<Answer> {
    let answer = first;
    while (content(answer).jobstatus === 0) {
      await sleep(2);
      answer = await this.call("queryAsyncJobResult", { jobid });
    }
    return answer;
  }

  /** Lets the emulator's clock go as the recorded server's did: what waits for a delay happens at the same call. */
  async #followClock(recorded: RecordedCall): Promise<void> {
    const created = recorded.job?.queryasyncjobresultresponse.created;
    if (typeof created !== "string") return;
    const time = Date.parse(created.replace(/(\d\d)(\d\d)$/, "$1:$2"));
    this.#started ??= { recorded: time, ours: Date.now() };
    const offsetSeconds = (time - this.#started.recorded - (Date.now() - this.#started.ours)) / 1000;
    await fetch(`${this.#emulator.controlUrl}/clock`, { method: "POST", body: JSON.stringify({ offsetSeconds }) });
  }
}

/** Parts known differences from the others. */
function sort(id: string, differences: readonly Difference[]): Pick<Replayed, "differences" | "known"> {
  const known: string[] = [];
  const unknown = differences.filter(({ path }) => {
    const entry = knownDifferences.find((candidate) => candidate.call === id && candidate.path.test(path));
    if (entry !== undefined) known.push(`${id} ${entry.path.source}`);
    return entry === undefined;
  });
  return { differences: unknown, known };
}
