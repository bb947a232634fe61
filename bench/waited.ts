import { closeSync, openSync, readSync } from "node:fs";

/**
 * For how long a process's main thread was ready to run and had no core, because others had it: the second field of
 * `schedstat`, nanoseconds (the kernel's Documentation/scheduler/sched-stats). A wait counts when it is over. Linux only.
 */
export class Waited {
  readonly #file: number;
  readonly #bytes = Buffer.alloc(128);

  constructor(pid: number) {
    this.#file = openSync(`/proc/${pid}/schedstat`, "r");
  }

  /** Since the process began. */
  nanoseconds(): number {
    const length = readSync(this.#file, this.#bytes, 0, this.#bytes.length, 0);
    return Number(this.#bytes.toString("latin1", 0, length).split(" ")[1]);
  }

  close(): void {
    closeSync(this.#file);
  }
}
