import type { Account, Domain, Role, User } from "../models/identity.ts";
import type { Json } from "../models/jobs.ts";
import type { Audience } from "../models/roles.ts";
import type { Row } from "../models/table.ts";
import type { Tables } from "../models/tables.ts";
import type { World } from "../models/world.ts";
import type { Arguments, Parameters } from "./parameters.ts";

export type JsonObject = { readonly [key: string]: Json | undefined };

/** Who calls. */
export interface Caller {
  readonly user: User;
  readonly account: Account;
  readonly domain: Domain;
  readonly role: Role;
  readonly isRootAdmin: boolean;
}

/** One call of a command. */
export interface Call<P extends Parameters = Parameters> {
  readonly world: World;
  readonly tables: Tables;
  readonly caller: Caller;
  readonly args: Arguments<P>;
}

interface Base<P extends Parameters> {
  /** As in the API; case matters. */
  readonly name: string;
  readonly audience: Audience;
  /** The parameters that are implemented; the emulator refuses the others. */
  readonly parameters: P;
  /** Name of the answer's envelope where it is not `<lowercase name>response`. */
  readonly envelope?: string;
}

/** `{success: true}`, with a text. */
export type Success = { readonly success: true; readonly displaytext?: string };

export const success: Success = { success: true };

/** A command that answers at once with one object, or with `success`. */
export interface SyncCommand<P extends Parameters> extends Base<P> {
  /** Name of the object in the answer; absent when it answers `success`. */
  readonly reply?: string;
  run(call: Call<NoInfer<P>>): JsonObject | Success;
}

/** A command that answers with rows; paging is done for it, and only the rows of the page are rendered. */
export interface ListCommand<P extends Parameters, R> extends Base<P> {
  readonly reply: string;
  /** All rows that the caller sees and the filters let through, in order. */
  rows(call: Call<NoInfer<P>>): readonly R[];
  render(row: R, call: Call<NoInfer<P>>): JsonObject;
}

/** How the job of an asynchronous command looks in `queryAsyncJobResult` and how it is queued. */
export interface JobShape {
  /** Java class after `org.apache.cloudstack.api.command.`, e.g. `user.vpc.CreateVPCCmd`. */
  readonly className: string;
  /** True when root admins run the variant `admin.….ByAdmin`. */
  readonly byAdmin?: boolean;
  /** `jobinstancetype`; absent for some commands. */
  readonly instance?: string;
  /** True when `jobinstanceid` is shown. */
  readonly showsInstance?: boolean;
}

/** What happens in the job of an asynchronous command; `target` is what its first phase returned. */
interface JobSteps<P extends Parameters, T> {
  readonly job: JobShape;
  readonly reply?: string;
  /** Queue keys such as `vpc:3`: jobs with a common key run one after the other. */
  queues?(target: T, call: Call<NoInfer<P>>): readonly string[];
  /** When the job starts: checks that fail the job, states in between. */
  begin?(target: T, call: Call<NoInfer<P>>): void;
  /** Variant of the duration table, asked after `begin`. */
  variant?(target: T, call: Call<NoInfer<P>>): string | undefined;
  /** At the end of the job: the change, and the object of the result (or `success`). */
  finish(target: T, call: Call<NoInfer<P>>): JsonObject | Success;
  /** After a failure in `begin` or `finish`, whose own changes are already taken back. */
  failed?(target: T, call: Call<NoInfer<P>>): void;
}

/** Answers with a job id. `target` runs at once and may refuse the call before a job exists. */
export interface AsyncCommand<P extends Parameters, T extends Row | undefined> extends Base<P>, JobSteps<P, T> {
  target(call: Call<NoInfer<P>>): T;
}

/** Makes the thing at once, answers with its id and a job id; errors of `create` are direct HTTP errors. */
export interface AsyncCreateCommand<P extends Parameters, T extends Row> extends Base<P>, JobSteps<P, T> {
  create(call: Call<NoInfer<P>>): T;
}

/** Any command, with its types forgotten: what the registry holds. */
export type Command =
  | ({ readonly kind: "sync" } & SyncCommand<Parameters>)
  | ({ readonly kind: "list" } & ListCommand<Parameters, unknown>)
  | ({ readonly kind: "async" } & AsyncCommand<Parameters, Row | undefined>)
  | ({ readonly kind: "async-create" } & AsyncCreateCommand<Parameters, Row>);

/* The functions below tie the type of `args` to `parameters` and then forget it. That is sound because the dispatcher calls a
   command only with arguments decoded by that command's own parameters, and with the target that it returned itself. */

export function sync<P extends Parameters>(command: SyncCommand<P>): Command {
  return { kind: "sync", ...command } as unknown as Command;
}

export function listing<P extends Parameters, R>(command: ListCommand<P, R>): Command {
  return { kind: "list", ...command } as unknown as Command;
}

export function async<P extends Parameters, T extends Row | undefined>(command: AsyncCommand<P, T>): Command {
  return { kind: "async", ...command } as unknown as Command;
}

export function asyncCreate<P extends Parameters, T extends Row>(command: AsyncCreateCommand<P, T>): Command {
  return { kind: "async-create", ...command } as unknown as Command;
}
