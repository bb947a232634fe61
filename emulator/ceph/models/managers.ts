/** One ceph-mgr: only the active one runs the dashboard's API, the others point to it. */
export interface Manager {
  readonly name: string;
  /** `http://127.0.0.1:PORT/`, known once it listens. */
  url: string;
  /** False = the process is gone: connections are cut. */
  up: boolean;
  /** Cuts every open connection, as the end of the process does. */
  cutConnections: () => void;
}

/** What a standby does with a request (`mgr/dashboard/standby_behaviour`). */
export type StandbyBehaviour = "redirect" | "error";

/** `jwt_token_ttl` */
const defaultTokenTtlSeconds = 28_800;

/** The managers of the cluster and who is active. Kept in memory: a restarted cluster elects anew. */
export class Managers {
  readonly all: readonly Manager[];
  standbyBehaviour: StandbyBehaviour = "redirect";
  /** `mgr/dashboard/standby_error_status_code` */
  standbyErrorStatus = 500;
  /** How long a token is good when the login does not say. */
  tokenTtlSeconds = defaultTokenTtlSeconds;
  #active: Manager | undefined;
  #election: NodeJS.Timeout | undefined;

  constructor(count: number) {
    this.all = Array.from({ length: count }, (_, index) => ({
      name: String.fromCharCode("a".charCodeAt(0) + index),
      url: "",
      up: true,
      cutConnections: () => {},
    }));
    this.#active = this.all[0];
  }

  /** Undefined while a fail-over is under way. */
  get active(): Manager | undefined {
    return this.#active;
  }

  /**
   * `ceph mgr fail`: the active one ends with whatever it was doing, and after `gapMs` the next one that is up takes over.
   * The old one comes back as a standby.
   */
  failOver(gapMs: number): void {
    const old = this.#active ?? this.all[0];
    this.#active = undefined;
    clearTimeout(this.#election);
    old?.cutConnections();
    if (gapMs <= 0) this.#elect(old);
    else this.#election = setTimeout(() => this.#elect(old), gapMs).unref();
  }

  /** Ends or starts one manager's process. @returns false when no manager has this name */
  setUp(name: string, up: boolean): boolean {
    const manager = this.all.find((one) => one.name === name);
    if (!manager) return false;
    manager.up = up;
    if (!up) manager.cutConnections();
    if (!up && manager === this.#active) this.#elect(manager);
    if (up && this.#active === undefined) this.#elect(undefined);
    return true;
  }

  /** As started: all up, the first one active. */
  reset(): void {
    clearTimeout(this.#election);
    for (const manager of this.all) manager.up = true;
    this.standbyBehaviour = "redirect";
    this.standbyErrorStatus = 500;
    this.tokenTtlSeconds = defaultTokenTtlSeconds;
    this.#active = this.all[0];
  }

  #elect(old: Manager | undefined): void {
    const start = old ? this.all.indexOf(old) + 1 : 0;
    const inOrder = [...this.all.slice(start), ...this.all.slice(0, start)];
    this.#active = inOrder.find((manager) => manager.up);
  }
}
