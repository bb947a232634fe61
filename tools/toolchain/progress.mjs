// Plain JavaScript, because set-up needs it on the machine's own Node, before there is one that runs TypeScript.

const quietMs = 1_000;
const plainEveryMs = 15_000;
const liveEveryMs = 250;

/**
 * Runs a task and shows that it is running once it takes longer than a second: one line that updates on a
 * terminal, a plain line every 15 s elsewhere. Writes to stderr, so that stdout stays the command's own.
 * @template T
 * @param {string} label what is being done, in the present ("Building the Pulumi CLI")
 * @param {(report: (detail: string) => void) => Promise<T>} task gets a function to say where it stands
 * @returns {Promise<T>} what the task returns; its error passes through
 */
export async function step(label, task) {
  const live = process.stderr.isTTY === true;
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  let detail = "";
  let shown = false;
  const show = () => {
    const text = `${label} … ${seconds()} s${detail ? `  ${detail}` : ""}`;
    if (live) process.stderr.write(`\r\x1b[2K${text.slice(0, Math.max(20, (process.stderr.columns ?? 80) - 1))}`);
    else process.stderr.write(`${text}\n`);
    shown = true;
  };
  /** @type {NodeJS.Timeout | undefined} */
  let ticks;
  const first = setTimeout(() => {
    show();
    ticks = setInterval(show, live ? liveEveryMs : plainEveryMs);
  }, quietMs);
  const end = (/** @type {string} */ mark) => {
    clearTimeout(first);
    clearInterval(ticks);
    if (shown) process.stderr.write(`${live ? "\r\x1b[2K" : ""}${mark} ${label} (${seconds()} s)\n`);
  };
  try {
    const result = await task((text) => {
      detail = text;
    });
    end("✓");
    return result;
  } catch (error) {
    end("✗");
    throw error;
  }
}

/**
 * One line on stderr.
 * @param {string} text
 */
export function say(text) {
  process.stderr.write(`${text}\n`);
}
