/** Words with which a rule says that it will decide only at apply time, in both languages of the pack. */
const undecided = /\bundecided until apply\b|적용할 때까지 미결정/i;

/** Whether a message of a rule is no verdict yet. */
export function isUndecided(message: string): boolean {
  return undecided.test(message);
}
