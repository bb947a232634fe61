/**
 * How a Ceph resource is described: fields, how the object is found, made, changed and removed. Everything around that (one
 * create only, adoption of leftovers, reads, deletes that were lost) is in lifecycle.ts.
 */
import type { Fields, Row, Values } from "../core/fields.ts";
import type { Mark } from "../core/mark.ts";
import type { Change, Context, CreateContext, Resource } from "../core/resource.ts";
import type { PlainObject } from "../core/values.ts";
import type { Client } from "./client/client.ts";
import { lifecycleOf } from "./lifecycle.ts";

export interface Description<I extends Fields, O extends Fields>
  extends Pick<Resource<Client, I, O>, "token" | "doc" | "inputs" | "outputs" | "check" | "preview" | "staysItself"> {
  /** By what a new object is looked up; also what users may give to `pulumi import`. */
  reference(inputs: Values<I>): string;
  /** The object's row by reference or id, or undefined if Ceph's own list proves that there is none. */
  find(context: Context<Client>, referenceOrId: string): Promise<Row | undefined>;
  /** The object's id in the state. */
  id(row: Row): string;
  /** The row in the words of inputs that may call the same thing differently; on import there are none (`known` is empty). */
  worded?(row: Row, known: PlainObject): Row;
  /** All values of a row that tells too little of the object: those that were known, in place of what the row says. */
  unseen?(row: Row, known: PlainObject): PlainObject | undefined;
  /** Sends the create. */
  make(context: CreateContext<Client>, inputs: Values<I>): Promise<unknown>;
  /** Sends the changes; left out where every change replaces. */
  change?(context: Context<Client>, row: Row, change: Change<I>): Promise<unknown>;
  /** Sends the delete. */
  remove(context: Context<Client>, row: Row, state: PlainObject): Promise<unknown>;
  readonly leftover: Leftover;
  /** Throws for what must not become ours, neither by import nor as a leftover. */
  refuse?(row: Row): void;
}

/**
 * How an object that an interrupted create left behind is told from a foreign one. Ceph answers "made" to a create of what
 * exists, so every create looks first; what is there and not recognised here is an error.
 */
export interface Leftover {
  /** Whether the row carries our mark. Without it: it equals the inputs in all that is told, and holds nothing. */
  readonly isOurs?: (row: Row, mark: Mark) => boolean;
  /** Whether the object has been used since it was made. */
  readonly isUsed?: (row: Row) => boolean;
  /** Properties that are set after the create itself, so that an interrupted one has not set them yet. */
  readonly later?: ReadonlySet<string>;
}

/** Completes a description to a resource. */
export function defineResource<I extends Fields, O extends Fields>(description: Description<I, O>): Resource<Client> {
  const { token, doc, inputs, outputs, check, preview, staysItself } = description;
  const resource: Resource<Client, I, O> = {
    token,
    doc,
    inputs,
    outputs,
    // The old object goes last: what holds data is never removed to make room for a namesake that may then fail.
    deleteBeforeReplace: false,
    ...(check === undefined ? {} : { check }),
    ...(preview === undefined ? {} : { preview }),
    ...(staysItself === undefined ? {} : { staysItself }),
    ...lifecycleOf(description),
  };
  // The registry holds resources of all field sets alike; the core hands each one only what its own `check` let through.
  return resource as unknown as Resource<Client>;
}
