import type { Row } from "../doctor/questions.ts";
import { type Check, type CheckFinding, type Estate, everywhere } from "./estate.ts";
import type { About, Kind } from "./finding.ts";
import { textOf } from "./state.ts";

/** One list of the server in which something may stand that nobody declared. */
export interface ForeignKind {
  readonly kind: Kind;
  /** A list command. */
  readonly command: string;
  /** Asked only where the server offers it: what it does not offer nobody can have made. */
  readonly isOptional?: true;
  /** Whether the state accounts for the row. Default: anything in it has the row's id. */
  isDeclared?(row: Row, estate: Estate): boolean;
  /** What of the stack it touches; undefined: somebody else's business. */
  touches(row: Row, estate: Estate): Touch | undefined;
}

/** What a foreign thing means for the stack. */
export type Touch = Pick<CheckFinding, "name" | "layer" | "severity" | "message" | "remedy">;

/** The one way in which everything foreign is found: a list of the server, less what the state has, as far as it touches us. */
export function foreignCheck(about: About, kinds: readonly ForeignKind[]): Check {
  return {
    ...about,
    async ask(estate) {
      const asked = await Promise.all(kinds.map((kind) => foreignOf(kind, estate)));
      return asked.flat();
    },
  };
}

async function foreignOf(foreign: ForeignKind, estate: Estate): Promise<CheckFinding[]> {
  const { kind, command, isOptional, isDeclared = hasId } = foreign;
  if (isOptional && !(await estate.cloud.commands()).has(command)) return [];
  const rows = await everywhere(estate.cloud, command);
  return rows.flatMap((row) => {
    const touch = isDeclared(row, estate) ? undefined : foreign.touches(row, estate);
    return touch === undefined ? [] : [{ kind, id: textOf(row.id), ...touch }];
  });
}

function hasId({ id }: Row, { state }: Estate): boolean {
  return state.has(id);
}
