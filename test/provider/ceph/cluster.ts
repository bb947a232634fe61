/** The Ceph provider on an embedded cluster of its own, and a hand in that cluster that goes around the provider. */
import { type CephEmulator, type CephEmulatorOptions, startCephEmulator } from "../../../emulator/ceph/server.ts";
import { Client } from "../../../provider/ceph/client/client.ts";
import { ceph } from "../../../provider/ceph/provider.ts";
import type { Row } from "../../../provider/core/fields.ts";
import { Secret } from "../../../provider/core/values.ts";
import { type Failure, type Kept, TestEngine } from "../engine.ts";

export interface Cluster {
  readonly engine: TestEngine;
  readonly emulator: CephEmulator;
  /** A change by hand, or a look, past the provider. */
  readonly hand: Client;
  /** A pool as it is, by name. */
  pool(name: string): Promise<Row | undefined>;
  /** A provider process of its own on the same cluster, as the next `pulumi up` has. */
  nextRun(): Promise<TestEngine>;
  /** What a refresh by the next run, and a preview after it, show. */
  drift(token: string, kept: Kept): ReturnType<TestEngine["drift"]>;
  /** The emulator's control API; `path` below `/control/`. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  /** How often each endpoint was called since the last time. */
  calls(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

export async function startCluster(options: CephEmulatorOptions = {}): Promise<Cluster> {
  const emulator = await startCephEmulator({ randomSeed: 1, ...options });
  const { urls, username, password, controlUrl } = emulator;
  const config = { url: urls.join(","), username, password: new Secret(password) };
  const hand = new Client({ urls, username, password });
  const engines = [await TestEngine.start(ceph, config)];
  const nextRun = async () => {
    const engine = await TestEngine.start(ceph, config);
    engines.push(engine);
    return engine;
  };
  const control: Cluster["control"] = async (method, path, body) => {
    const answer = await fetch(`${controlUrl}/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return answer.json();
  };
  return {
    engine: engines[0] as TestEngine,
    emulator,
    hand,
    nextRun,
    control,
    async pool(name) {
      const pools = (await hand.send("GET", "pool")) as Row[];
      return pools.find((pool) => pool.pool_name === name);
    },
    drift: async (token, kept) => (await nextRun()).drift(token, kept),
    async calls() {
      const { byEndpoint } = (await control("GET", "calls")) as { byEndpoint: Record<string, number> };
      await control("DELETE", "calls");
      return byEndpoint;
    },
    async close() {
      for (const engine of engines) engine.close();
      await emulator.close();
    },
  };
}

/** The failure of a call that must fail. */
export function failureOf(call: Promise<unknown>): Promise<Failure> {
  return call.then(
    () => Promise.reject(new Error("it should have failed")),
    (failure) => failure,
  );
}
