/**
 * Which create a record of the state stems from.
 *
 * The state may hold one object twice: a replacement that broke off leaves its old object in the state as "to be deleted", and
 * when the program is set back, the next create finds that object and takes it over. The id cannot tell the two records
 * apart, and deleting the older one would take the newer one's object along. So every create puts a number of its own into the
 * state, and nowhere else. The engine keeps it, as it does all properties whose names begin with "__", out of what it shows.
 */
import { randomBytes } from "node:crypto";
import type { PlainObject, ValueObject } from "./values.ts";

/** Property of the state, in no schema. */
const key = "__creation";

/** For the state of what a create makes or takes over. */
export function newCreation(): PlainObject {
  return { [key]: randomBytes(8).toString("hex") };
}

/** What of a state says which create it stems from: nothing in imports, and in states from before there were such numbers. */
export function creationIn(state: ValueObject): PlainObject {
  const number = state[key];
  return typeof number === "string" ? { [key]: number } : {};
}

/** The number itself, as text; empty where there is none. */
export function creationOf(state: ValueObject): string {
  return String(creationIn(state)[key] ?? "");
}
