/** A failure that the next calls of a command meet. */
export type Fault =
  | { readonly kind: "error"; readonly status: number; readonly cserrorcode: number; readonly text: string }
  /** Executed, then the connection is cut before the answer. */
  | { readonly kind: "drop" }
  /** The connection is cut before anything happens. */
  | { readonly kind: "drop-before" }
  | { readonly kind: "slow"; readonly delayMs: number };

/** A job that ends in failure. */
export interface JobFailure {
  readonly kind: "job-failure";
  readonly text: string;
}

type AnyFault = Fault | JobFailure;

/** Faults waiting to happen, by command (`*` = any), each a number of times, in the order they were set. */
export class FaultTable {
  #waiting: { readonly command: string; readonly fault: AnyFault; times: number }[] = [];

  add(command: string, fault: AnyFault, times: number): void {
    this.#waiting.push({ command, fault, times });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault that this call meets, used up by it. */
  take(command: string): Fault | undefined {
    return this.#use(command, (fault): fault is Fault => fault.kind !== "job-failure");
  }

  /** The text with which this command's job fails, used up by it. */
  takeJobFailure(command: string): string | undefined {
    return this.#use(command, (fault): fault is JobFailure => fault.kind === "job-failure")?.text;
  }

  #use<F extends AnyFault>(command: string, fits: (fault: AnyFault) => fault is F): F | undefined {
    const entry = this.#waiting.find(
      (waiting) => (waiting.command === command || waiting.command === "*") && fits(waiting.fault),
    );
    if (!entry) return undefined;
    entry.times -= 1;
    if (entry.times === 0) this.#waiting = this.#waiting.filter((other) => other !== entry);
    return fits(entry.fault) ? entry.fault : undefined;
  }
}
