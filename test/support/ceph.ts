import { type CephEmulator, type CephEmulatorOptions, startCephEmulator } from "../../emulator/ceph/server.ts";
import { Client } from "../../provider/ceph/client/client.ts";

/** An embedded Ceph dashboard in this process, and somebody who looks at what a stack made in it. */
export class CephCloud {
  readonly #emulator: CephEmulator;

  private constructor(emulator: CephEmulator) {
    this.#emulator = emulator;
  }

  static async start(options: CephEmulatorOptions = {}): Promise<CephCloud> {
    return new CephCloud(await startCephEmulator(options));
  }

  /** What points a program at it. */
  get env(): Record<string, string> {
    const { urls, username, password } = this.#emulator;
    return {
      CEPH_DASHBOARD_URL: urls.join(","),
      CEPH_DASHBOARD_USERNAME: username,
      CEPH_DASHBOARD_PASSWORD: password,
    };
  }

  /** Everything that exists: two equal inventories mean that nothing was left behind. */
  async inventory(): Promise<unknown> {
    return await this.control("GET", "inventory");
  }

  /** What the dashboard answers to a GET below `/api/`. */
  async ask(path: string, options: { path?: Record<string, string>; version?: string } = {}): Promise<unknown> {
    const { urls, username, password } = this.#emulator;
    return await new Client({ urls, username, password }).send("GET", path, options);
  }

  async control(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.#emulator.controlUrl}/${path}`, {
      method,
      // As for the dashboard: a body of another type is not seen.
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return await answer.json();
  }

  close(): Promise<void> {
    return this.#emulator.close();
  }
}
