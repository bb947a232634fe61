const patienceMs = 2_000;

/** Says what is waited for, once that takes longer than two seconds and again every two. */
export class Progress {
  readonly #timer: NodeJS.Timeout;
  #waitingFor: readonly string[] = [];

  constructor(out: { write(text: string): unknown }) {
    this.#timer = setInterval(() => {
      if (this.#waitingFor.length > 0) out.write(`waiting for ${this.#waitingFor.join(", ")} …\n`);
    }, patienceMs);
    this.#timer.unref();
  }

  waitFor(what: readonly string[]): void {
    this.#waitingFor = what;
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
