import type { Call, Caller, Command, JobShape, JsonObject, Success } from "../commands/command.ts";
import type { Json } from "../models/jobs.ts";
import { jobDuration } from "../models/latency.ts";
import type { Row } from "../models/table.ts";
import type { World } from "../models/world.ts";
import type { Page } from "./pages.ts";

type JobCommand = Extract<Command, { kind: "async" | "async-create" }>;

/** Runs a command and returns what goes into the answer's envelope. */
export function execute(
  world: World,
  command: Command,
  caller: Caller,
  args: Record<string, unknown>,
  page: Page | undefined,
): Json {
  const call: Call = { world, tables: world.tables, caller, args };
  switch (command.kind) {
    case "list": {
      const rows = command.rows(call);
      return listContent(
        command.reply,
        rows.length,
        cut(rows, page).map((row) => command.render(row, call)),
      );
    }
    case "sync": {
      const result = world.store.transaction(() => command.run(call));
      return named(command.reply, result);
    }
    case "async":
      return world.store.transaction(() => ({ jobid: submit(call, command, command.target(call)) }));
    case "async-create":
      return world.store.transaction(() => {
        const target = command.create(call);
        return { id: target.uuid, jobid: submit(call, command, target) };
      });
  }
}

function cut<R>(rows: readonly R[], page: Page | undefined): readonly R[] {
  return page ? rows.slice(page.start, page.start + page.size) : rows;
}

/** Nothing found: no count, no list. Past the last page: only the count. */
function listContent(reply: string, count: number, items: readonly JsonObject[]): JsonObject {
  if (count === 0) return {};
  return items.length === 0 ? { count } : { count, [reply]: items };
}

function named(reply: string | undefined, result: JsonObject | Success): JsonObject {
  return reply && result.success !== true ? { [reply]: result } : (result as JsonObject);
}

function submit(call: Call, command: JobCommand, target: Row | undefined): string {
  const { world, caller } = call;
  const { job: shape } = command;
  const job = world.jobs.submit(
    {
      command: command.name,
      className: classNameOf(shape, caller),
      accountId: caller.account.id,
      userId: caller.user.id,
      ...(shape.instance ? { instanceType: shape.instance } : {}),
      ...(target ? { instanceId: target.uuid } : {}),
      showsInstance: shape.showsInstance ?? false,
    },
    {
      // `target` has the type that the command itself returned; the registry has only forgotten it.
      queues: command.queues?.(target as Row, call) ?? [],
      begin: () => command.begin?.(target as Row, call),
      duration: () => jobDuration(world.latency, command.name, command.variant?.(target as Row, call)),
      finish: () => jobResult(command.reply, command.finish(target as Row, call)),
      failed: () => command.failed?.(target as Row, call),
    },
  );
  return job.uuid;
}

/** In a job result the text of a success is called `details`. */
function jobResult(reply: string | undefined, result: JsonObject | Success): JsonObject {
  if (result.success !== true) return named(reply, result);
  return { success: true, ...(result.displaytext ? { details: result.displaytext } : {}) };
}

function classNameOf({ className, byAdmin }: JobShape, caller: Caller): string {
  const variant = byAdmin && caller.isRootAdmin ? `${className.replace(/^user\./, "admin.")}ByAdmin` : className;
  return `org.apache.cloudstack.api.command.${variant}`;
}
