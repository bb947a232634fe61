/** Words with which a rule says that it will decide only at apply time, in both languages of the pack. */
const undecided = /undecided until apply|적용 시점까지 미결정/i;

/** Whether a message of a rule is no verdict yet. */
export function isUndecided(message: string): boolean {
  return undecided.test(message);
}
