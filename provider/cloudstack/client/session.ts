import { payloadOf, type Row } from "./answer.ts";
import { CloudStackError, isCloudStackError } from "./errors.ts";
import { type Keys, type SignatureAlgorithm, signedBody } from "./sign.ts";
import type { HttpAnswer, Transport } from "./transport.ts";

/** Signs and sends; finds out once which signature the server checks, and tells wrong keys from a wrong clock. */
export class Session {
  private readonly transport: Transport;
  private readonly keys: Keys;
  private algorithm: SignatureAlgorithm | undefined;
  private probe: Promise<SignatureAlgorithm> | undefined;
  private answered = false;

  constructor(transport: Transport, keys: Keys, signature: "auto" | SignatureAlgorithm) {
    this.transport = transport;
    this.keys = keys;
    this.algorithm = signature === "auto" ? undefined : signature;
  }

  get answeredBefore(): boolean {
    return this.answered;
  }

  /** Proves that the endpoint answers these keys. */
  async connect(): Promise<void> {
    if (this.algorithm) await this.sendSigned("listCapabilities", {}, this.algorithm);
    else await this.agree();
  }

  /** One request, one answer: no retry. */
  async send(command: string, parameters: Record<string, string>, signal?: AbortSignal): Promise<Row> {
    // A change is never the request that finds the algorithm out: it might be carried out and sent again.
    const algorithm = this.algorithm ?? (await this.agree());
    return this.sendSigned(command, parameters, algorithm, signal);
  }

  private async agree(): Promise<SignatureAlgorithm> {
    this.probe ??= this.findAlgorithm().finally(() => {
      this.probe = undefined;
    });
    this.algorithm = await this.probe;
    return this.algorithm;
  }

  private async findAlgorithm(): Promise<SignatureAlgorithm> {
    const attempt = (algorithm: SignatureAlgorithm) =>
      this.sendSigned("listCapabilities", {}, algorithm).then(() => algorithm);
    try {
      return await attempt("sha1").catch((error: unknown) => {
        if (isCloudStackError(error, "auth")) return attempt("sha256");
        throw error;
      });
    } catch (error) {
      // Nothing but the probe can have been carried out: whatever waits for it may safely be sent later.
      throw isCloudStackError(error) ? new CloudStackError({ ...error.facts, mayHaveHappened: false }) : error;
    }
  }

  private async sendSigned(
    command: string,
    parameters: Record<string, string>,
    algorithm: SignatureAlgorithm,
    signal?: AbortSignal,
  ): Promise<Row> {
    const answer = await this.transport.post(
      command,
      signedBody({ ...parameters, command }, this.keys, algorithm),
      signal,
    );
    this.answered = true;
    try {
      return payloadOf(command, answer);
    } catch (error) {
      throw isCloudStackError(error, "auth") ? blameClock(error, answer) : error;
    }
  }
}

/** Smaller differences cannot make a request, valid for ten minutes, look expired. */
const HARMLESS_SKEW_MS = 5 * 60 * 1000;

/** The server gives one answer for wrong keys and for expired requests; its Date header tells which it was. */
function blameClock(error: CloudStackError, answer: HttpAnswer): CloudStackError {
  const theirs = Date.parse(answer.headers.date ?? "");
  const ahead = theirs - Date.now();
  if (Number.isNaN(theirs) || Math.abs(ahead) < HARMLESS_SKEW_MS) return error;
  const minutes = Math.round(Math.abs(ahead) / 60_000);
  return new CloudStackError({
    ...error.facts,
    kind: "clock",
    text: `this machine's clock is ${minutes} minutes ${ahead > 0 ? "behind" : "ahead of"} the server's: ${error.facts.text}`,
  });
}
