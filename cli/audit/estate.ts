import type { Parameters } from "../../provider/cloudstack/client/client.ts";
import type { CephQuestions } from "../doctor/ceph-questions.ts";
import { Questions, type Row } from "../doctor/questions.ts";
import type { About, Finding, Kind } from "./finding.ts";
import { type Kept, recordsOf, type State, textOf } from "./state.ts";

/** Asks CloudStack, and counts what it told of. */
export class LiveCloud extends Questions {
  readonly #seen = new Set<string>();

  /** Different things so far. */
  get rowCount(): number {
    return this.#seen.size;
  }

  override async rows(command: string, parameters: Parameters = {}): Promise<readonly Row[]> {
    const rows = await super.rows(command, parameters);
    for (const { id } of rows) this.#seen.add(`${command} ${id}`);
    return rows;
  }
}

/** What every check compares: the state, and the servers as they answer now. Nothing here changes anything. */
export interface Estate {
  readonly state: State;
  readonly cloud: LiveCloud;
  /** Absent where the state has nothing in Ceph, or Ceph could not be asked. */
  readonly ceph?: CephQuestions;
  /** The stack's own networks by the server's id. */
  readonly networks: ReadonlyMap<string, Kept>;
}

/** One kind of thing that may be there without being in the state; a file of its own. */
export interface Check extends About {
  /** Asked of Ceph, not of CloudStack. */
  readonly ofCeph?: true;
  /** @throws CloudStackError or CephError where the server does not tell */
  ask(estate: Estate): Promise<CheckFinding[]>;
}

/** A finding as a check tells it; which check it was is added by the one who runs them. */
export interface CheckFinding extends Omit<Finding, "rule" | "source" | "requirements" | "references" | "kind"> {
  readonly kind: Kind;
}

export function estateOf(state: State, cloud: LiveCloud, ceph?: CephQuestions): Estate {
  const networks = new Map(state.ofType("cloudstack:network:Network").map((network) => [network.id, network]));
  return { state, cloud, networks, ...(ceph && { ceph }) };
}

/** All rows of a list, of all owners. */
export function everywhere(cloud: LiveCloud, command: string): Promise<readonly Row[]> {
  return cloud.rows(command, { listall: true });
}

/** The stack's networks that a machine of the server stands in. */
export function networksOf(machine: Row, { networks }: Estate): Kept[] {
  return recordsOf(machine.nic).flatMap((nic) => networks.get(textOf(nic.networkid)) ?? []);
}
