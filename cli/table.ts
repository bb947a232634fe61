import Table from "cli-table3";

/** Rows under a head as text with lines around; without colours, so that a log file stays readable. */
export function table(head: string[], rows: (string | number)[][]): string {
  const drawn = new Table({ head, style: { head: [], border: [], compact: true } });
  drawn.push(...rows);
  return drawn.toString();
}
