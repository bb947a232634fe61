import { randomUUID } from "node:crypto";
import type { JournalEntry, TypedDeployment } from "./deployment.ts";
import { Refusal } from "./refusal.ts";
import { type JournalWriter, StackFiles } from "./stack-files.ts";

/** The owner under whom the file backend has every stack, so that names stay the same. */
export const owner = "organization";

/** An operation of the engine, from its announcement to its end. */
interface Operation {
  files: StackFiles;
  kind: string;
  startedAt: number;
  announced: Announcement;
  resourceChanges: Record<string, number>;
  /** From its start on; a preview has none. */
  running?: { journal: JournalWriter; unlock: () => Promise<void> };
}

/** What the engine tells of an operation before it starts (`UpdateProgramRequest`). */
interface Announcement {
  config?: Record<string, { string: string; secret: boolean; object?: boolean }>;
  options?: { dryRun?: boolean };
  metadata?: { message?: string; environment?: Record<string, string> };
}

/** What the engine asks of its state service, per stack and per operation. */
export class Operations {
  readonly #folder: string;
  readonly #token: string;
  readonly #operations = new Map<string, Operation>();
  /** Hash of the state that the engine was shown, by file. */
  readonly #shown = new Map<string, string>();

  constructor(folder: string, token: string) {
    this.#folder = folder;
    this.#token = token;
  }

  async stack(project: string, stack: string): Promise<unknown> {
    await this.state(project, stack);
    return { orgName: owner, projectName: project, stackName: stack, activeUpdate: "", tags: {}, version: 1 };
  }

  async state(project: string, stack: string): Promise<TypedDeployment> {
    const files = this.#files(project, stack);
    const read = await files.read();
    if (read === undefined) throw new Refusal(404, `there is no stack ${project}/${stack}`);
    this.#shown.set(files.state, read.hash);
    return read.state;
  }

  async announce(project: string, stack: string, kind: string, body: unknown): Promise<unknown> {
    const id = randomUUID();
    const announced = body as Announcement;
    const files = this.#files(project, stack);
    this.#operations.set(id, { files, kind, startedAt: Date.now(), announced, resourceChanges: {} });
    return { updateID: id };
  }

  async start(id: string, body: unknown): Promise<unknown> {
    const operation = this.#operation(id);
    const { files, kind, announced } = operation;
    if (((body as { journalVersion?: number }).journalVersion ?? 0) < 1) {
      throw new Refusal(
        400,
        "this engine keeps no journal (PULUMI_DISABLE_JOURNALING?): run it with STRATA_STATE=folder",
      );
    }
    if (kind !== "preview" && announced.options?.dryRun !== true) {
      const unlock = await files.lock().catch((error: Error) => {
        throw new Refusal(409, error.message);
      });
      try {
        operation.running = { journal: await files.startJournal(this.#shown.get(files.state) ?? ""), unlock };
      } catch (error) {
        await unlock();
        throw new Refusal(409, (error as Error).message);
      }
    }
    return { version: 1, token: this.#token, journalVersion: 1 };
  }

  async act(id: string, action: string, body: unknown): Promise<unknown> {
    const operation = this.#operation(id);
    if (action === "renew_lease") return { token: this.#token };
    if (action === "journalentries") return await write(operation, body as { entries?: JournalEntry[] });
    if (action === "events/batch" || action === "events") return noteChanges(operation, body);
    if (action === "complete") {
      await finish(operation, (body as { status: string }).status);
      this.#operations.delete(id);
      return {};
    }
    throw new Refusal(404, `${action} is not served here`);
  }

  /** Ends what the engine has left without a word. */
  async abandon(): Promise<void> {
    for (const operation of this.#operations.values()) await finish(operation, "failed");
    this.#operations.clear();
  }

  #operation(id: string): Operation {
    const operation = this.#operations.get(id);
    if (operation === undefined) throw new Refusal(404, `there is no operation ${id}`);
    return operation;
  }

  #files(project: string, stack: string): StackFiles {
    return new StackFiles(this.#folder, project, stack);
  }
}

async function write({ running }: Operation, { entries = [] }: { entries?: JournalEntry[] }): Promise<unknown> {
  if (running === undefined) throw new Refusal(400, "a preview changes nothing");
  await running.journal.append(entries);
  return {};
}

/** Of all the events only the last sums are kept: the history shows them. */
function noteChanges(operation: Operation, body: unknown): unknown {
  const { events = [] } = body as { events?: { summaryEvent?: { resourceChanges?: Record<string, number> } }[] };
  for (const { summaryEvent } of events) {
    if (summaryEvent?.resourceChanges) operation.resourceChanges = summaryEvent.resourceChanges;
  }
  return {};
}

async function finish(operation: Operation, status: string): Promise<void> {
  const { files, running } = operation;
  if (running === undefined) return;
  try {
    await running.journal.close();
    await files.merge();
    await files.record(historyOf(operation, status));
  } finally {
    await running.unlock();
  }
}

/** As the file backend writes it (`UpdateInfo` of pkg/backend/updates.go); times in s. */
function historyOf(
  { kind, startedAt, announced, resourceChanges }: Operation,
  status: string,
): Record<string, unknown> {
  const { config = {}, metadata = {} } = announced;
  return {
    kind,
    startTime: Math.floor(startedAt / 1000),
    message: metadata.message ?? "",
    environment: metadata.environment ?? {},
    config: Object.fromEntries(
      Object.entries(config).map(([key, { string, secret }]) => [key, secret ? { secure: string } : string]),
    ),
    version: 0,
    result: status === "succeeded" ? "succeeded" : "failed",
    endTime: Math.floor(Date.now() / 1000),
    resourceChanges,
  };
}
