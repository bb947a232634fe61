/**
 * How a CloudStack resource is described: fields, the commands of its regular lifecycle, and code only where the API is
 * irregular. See ../README.md for how to write one.
 */
import type { Fields, Values } from "../core/fields.ts";
import type { Resource } from "../core/resource.ts";
import type { Client } from "./client/client.ts";
import { type Leftover, regularLifecycle } from "./regular.ts";
import { isOwnersNewName } from "./renames.ts";
import type { Params } from "./wire.ts";

/** One command of the API. `job`: CloudStack answers with a job that has to be waited for. */
export interface Command {
  readonly command: string;
  readonly job: boolean;
  /** Name of the object in the answer, where the answer counts. */
  readonly answer: string | undefined;
  /** Parameters that this command calls differently: our name to the command's. */
  readonly rename: Readonly<Record<string, string>>;
}

type CommandOptions = Partial<Pick<Command, "answer" | "rename">>;

/** A command that answers at once. */
export function call(command: string, { answer, rename = {} }: CommandOptions = {}): Command {
  return { command, job: false, answer, rename };
}

/** A command that answers with a job. */
export function job(command: string, { answer, rename = {} }: CommandOptions = {}): Command {
  return { command, job: true, answer, rename };
}

/** A list that shows every object of a kind that the keys may see; all reads of a refresh share it. */
export interface Listing {
  readonly command: string;
  readonly scope: Params;
}

export function rows(command: string, scope: Params = { listall: true }): Listing {
  return { command, scope };
}

/** The commands of a regular lifecycle; a step that is missing is written as code. */
export interface Commands {
  readonly create?: Command;
  readonly read?: Listing;
  readonly update?: Command;
  readonly delete?: Command;
}

export interface Description<I extends Fields, O extends Fields>
  extends Partial<Omit<Resource<Client, I, O>, "inputs" | "outputs" | "token" | "doc">> {
  readonly token: string;
  readonly doc: string;
  readonly inputs: I;
  readonly outputs: O;
  readonly api?: Commands;
  /** How an object that an interrupted create left behind is found, and told from a foreign one. */
  readonly leftover?: Leftover<Values<I>>;
}

/** Completes a description to a resource. */
export function defineResource<I extends Fields, O extends Fields>(description: Description<I, O>): Resource<Client> {
  const { api: _, leftover: __, ...own } = description;
  const lifecycle = { ...regularLifecycle(description), ...own };
  const isOwned = description.inputs.account?.options.onChange === "replace";
  const resource: Resource<Client, I, O> = {
    deleteBeforeReplace: false,
    ...(isOwned && { staysItself: isOwnersNewName(lifecycle) }),
    ...lifecycle,
  };
  // The registry holds resources of all field sets alike; the core hands each one only what its own `check` let through.
  return resource as unknown as Resource<Client>;
}
