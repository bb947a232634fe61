/** What a check found out about one thing that it asked for. */
export interface Finding {
  /** The check's own name, e.g. `vpc-tiers`. */
  check: string;
  subject: Subject;
  state: State;
  /** What was asked, in words. */
  asked: string;
  /** What the answer was. */
  value?: string;
  /** What it has to be. */
  rule?: string;
  /** The command or setting that puts it right. */
  remedy?: string;
  /** Of what is right, but could be better. */
  advice?: string;
  /** Id of the requirement that asks for it. */
  requirement?: string;
}

/** From good to bad. `fixable`: the remedy is a command or a setting. `blocking`: `up` cannot end well, whatever is set. */
export const states = ["ok", "fixable", "blocking"] as const;
export type State = (typeof states)[number];

/** In the order in which they are shown. */
export const subjects = [
  "connection",
  "server",
  "keys",
  "zone",
  "network",
  "settings",
  "limits",
  "names",
  "hosts",
  "capacity",
  "GPU",
  "primary storage",
  "Ceph",
  "profile",
] as const;
export type Subject = (typeof subjects)[number];

/** A finding as a check tells it; who asked is added by the one who runs the checks. */
export type Result = Omit<Finding, "check" | "subject">;

export function ok(asked: string, value: string, more: Pick<Finding, "advice" | "requirement"> = {}): Result {
  return { state: "ok", asked, value, ...more };
}

type Wrong = Required<Pick<Finding, "asked" | "value" | "rule" | "remedy">> & Pick<Finding, "requirement">;

export function fixable(wrong: Wrong): Result {
  return { state: "fixable", ...wrong };
}

export function blocking(wrong: Wrong): Result {
  return { state: "blocking", ...wrong };
}

/** The worst of all; `ok` where there are none. */
export function worstOf(findings: readonly Pick<Finding, "state">[]): State {
  return states[Math.max(0, ...findings.map(({ state }) => states.indexOf(state)))] ?? "ok";
}
