import type { Failure } from "../models/errors.ts";

/** A failure that the next calls of an endpoint meet. */
export type Fault =
  | { readonly kind: "error"; readonly failure: Failure }
  /** Executed, then the connection is cut before the answer. */
  | { readonly kind: "drop" }
  /** The connection is cut before anything happens. */
  | { readonly kind: "drop-before" }
  | { readonly kind: "slow"; readonly delayMs: number };

/** Things waiting to happen, by name (`*` = any), each a number of times, in the order they were set. */
export class Waiting<T> {
  #entries: { readonly name: string; readonly value: T; times: number }[] = [];

  add(name: string, value: T, times: number): void {
    this.#entries.push({ name, value, times });
  }

  clear(): void {
    this.#entries = [];
  }

  /** What this name meets, used up by it. */
  take(name: string): T | undefined {
    const entry = this.#entries.find((one) => one.name === name || one.name === "*");
    if (!entry) return undefined;
    entry.times -= 1;
    if (entry.times === 0) this.#entries = this.#entries.filter((other) => other !== entry);
    return entry.value;
  }
}
