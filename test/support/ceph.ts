import { type CephEmulator, type CephEmulatorOptions, startCephEmulator } from "../../emulator/ceph/server.ts";
import { Client } from "../../provider/ceph/client/client.ts";

/** What a destroy says of what Ceph 19 cannot take away again, with the line above it that names the resource. */
export const staysInCeph =
  /(?: *ceph:rgw:Rgw(?:PlacementTarget|StorageClass) \(.*\):\n)? *warning: (?:placement target|storage class) \S+ (?:of placement target \S+ )?stays.*\n*/g;

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

  /**
   * Everything that exists and could be removed: two equal inventories mean that nothing was left behind that need not be.
   * Placement targets of the object gateway are no part of it: Ceph has no way to remove them through its dashboard.
   */
  async inventory(): Promise<unknown> {
    const {
      rgwZones: _,
      rgwZonegroups: __,
      ...others
    } = (await this.control("GET", "inventory")) as Record<string, unknown>;
    return others;
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
