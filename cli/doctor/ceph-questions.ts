import type { CallOptions, Client } from "../../provider/ceph/client/client.ts";
import { rowsOf } from "../../provider/ceph/wire.ts";
import { inOrder, type Row } from "./questions.ts";

/** Asks Ceph's dashboard. Everything here is a GET. */
export class CephQuestions {
  /** For the provider's own readings. They read, too. */
  readonly api: Client;
  readonly signal: AbortSignal = new AbortController().signal;

  constructor(api: Client) {
    this.api = api;
  }

  /** @param path below `/api/` @throws CephError */
  async object(path: string, options: CallOptions = {}): Promise<Row> {
    const answer = await this.api.list(path, options);
    return typeof answer === "object" && answer !== null ? (answer as Row) : {};
  }

  /** In order. @throws CephError */
  async rows(path: string, options: CallOptions = {}): Promise<Row[]> {
    return inOrder<Row>(rowsOf(await this.api.list(path, options)));
  }
}
