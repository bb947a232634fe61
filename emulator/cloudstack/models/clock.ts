/** The emulator's only source of time: real time plus an offset that the control API can move. */
export class Clock {
  #offsetMs = 0;

  /** Milliseconds since the epoch as the emulated server sees them. */
  now(): number {
    return Date.now() + this.#offsetMs;
  }

  get offsetSeconds(): number {
    return this.#offsetMs / 1000;
  }

  setOffset(seconds: number): void {
    this.#offsetMs = seconds * 1000;
  }
}

/** CloudStack's date format: seconds, always UTC, `+0000`. */
export function formatDate(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+0000`;
}
