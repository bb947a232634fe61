import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** Longest answer that is read, head included. */
const roomBytes = 4 * 1024 * 1024;
const headEnd = "\r\n\r\n";

/**
 * Questions on a connection that stays open, one at a time: as little HTTP as the embedded cloud's answers need. With
 * Node's client, asking costs as much processor as answering, and its share of what is measured was the larger one.
 */
export class KeptConnection {
  readonly #socket: Socket;
  readonly #answer = Buffer.allocUnsafe(roomBytes);
  #filled = 0;
  /** Length of the answer's head and of the whole answer; 0 until its head is here. */
  #head = 0;
  #whole = 0;
  #asked: { resolve: () => void; reject: (error: Error) => void; body: Buffer | undefined } | undefined;

  private constructor(url: URL) {
    // The bytes go into one buffer for good: garbage would be collected within what is measured.
    const onread = { buffer: Buffer.allocUnsafe(1 << 16), callback: this.#read.bind(this) };
    this.#socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true, onread });
    this.#socket.on("error", (error) => this.#asked?.reject(error));
    this.#socket.on("close", () => this.#asked?.reject(new Error("the server closed the connection")));
  }

  static async to(url: URL): Promise<KeptConnection> {
    const connection = new KeptConnection(url);
    await once(connection.#socket, "connect");
    return connection;
  }

  /** Sends the question; done with the last byte of the answer. @throws when its status is not 200 or its body not `body` */
  ask(question: Buffer, body?: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#asked = { resolve, reject, body };
      this.#socket.write(question);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(count: number, bytes: Uint8Array): boolean {
    this.#answer.set(bytes.subarray(0, count), this.#filled);
    this.#filled += count;
    if (this.#whole === 0) this.#readHead();
    if (this.#whole > 0 && this.#filled >= this.#whole) this.#end();
    return true;
  }

  #readHead(): void {
    const end = this.#answer.subarray(0, this.#filled).indexOf(headEnd);
    if (end < 0) return;
    const length = /\r\nContent-Length: (\d+)/i.exec(this.#answer.toString("latin1", 0, end))?.[1];
    if (length === undefined) throw new Error("an answer does not say how long it is");
    this.#head = end + headEnd.length;
    this.#whole = this.#head + Number(length);
  }

  #end(): void {
    const asked = this.#asked;
    const isRight =
      asked !== undefined &&
      this.#filled === this.#whole &&
      this.#answer.toString("latin1", 0, 13) === "HTTP/1.1 200 " &&
      (asked.body === undefined ||
        this.#answer.compare(asked.body, 0, asked.body.length, this.#head, this.#whole) === 0);
    const shown = isRight ? "" : this.#answer.toString("utf8", 0, Math.min(this.#filled, 500));
    this.#asked = undefined;
    this.#filled = this.#head = this.#whole = 0;
    if (isRight) asked.resolve();
    else asked?.reject(new Error(`not the answer that came first: ${shown}`));
  }
}

/** The bytes of a question. */
export function questionOf(url: string): Buffer {
  const { pathname, search, host } = new URL(url);
  return Buffer.from(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
}
