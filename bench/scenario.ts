import type { CephSeedName } from "../emulator/ceph/seed.ts";
import { type CephEmulator, startCephEmulator } from "../emulator/ceph/server.ts";
import type { Seed } from "../emulator/cloudstack/seed.ts";
import type { CloudSeedName } from "../emulator/cloudstack/seeds/seeds.ts";
import { type Emulator, startEmulator } from "../emulator/cloudstack/server.ts";
import { EngineStack, type Run } from "../test/support/engine.ts";
import type { Job } from "./critical-path.ts";
import { measure, type Usage } from "./process-tree.ts";

/** One operation of the engine, measured from outside. */
export interface Measured extends Usage {
  operation: string;
  /** Resources that the engine looked at. */
  resources: number;
  calls: number;
  /** Calls that wait for a job. */
  polls: number;
  /** Jobs that the server ran. */
  jobs: number;
  byCommand: Record<string, number>;
}

export interface ScenarioOptions {
  latency: "real" | "none";
  profile: string;
  overrides?: unknown;
  seed?: Seed | CloudSeedName;
  /** Seed of an embedded Ceph beside the cloud. Default: none. */
  cephSeed?: CephSeedName;
  /** Another program than the product's own: a folder with a Pulumi.yaml. */
  program?: string;
  /** Whether the engine keeps a journal. Default: the whole state at each step. */
  journal?: boolean;
}

/** An embedded cloud and a stack on it; each operation is measured with the calls that it made. */
export class Scenario {
  readonly #cloud: Emulator;
  readonly #ceph: CephEmulator | undefined;
  readonly stack: EngineStack;

  private constructor(cloud: Emulator, ceph: CephEmulator | undefined, stack: EngineStack) {
    this.#cloud = cloud;
    this.#ceph = ceph;
    this.stack = stack;
  }

  static async open({ latency, seed, cephSeed, ...stack }: ScenarioOptions): Promise<Scenario> {
    const ceph = cephSeed && (await startCephEmulator({ seed: cephSeed }));
    const cloud = await startEmulator({ latency, ...(seed === undefined ? {} : { seed }) });
    const env = {
      CLOUDSTACK_API_URL: cloud.apiUrl,
      CLOUDSTACK_API_KEY: cloud.apiKey,
      CLOUDSTACK_SECRET_KEY: cloud.secretKey,
      ...ceph?.env,
    };
    const scenario = new Scenario(cloud, ceph, new EngineStack({ ...stack, env, passphrase: true }));
    // Not part of the first operation that is measured.
    await scenario.stack.init();
    return scenario;
  }

  /** @param words more words of the engine's CLI */
  async run(
    operation: "preview" | "up" | "refresh" | "destroy",
    name: string = operation,
    ...words: string[]
  ): Promise<Measured> {
    await this.#control("DELETE", "calls");
    const jobsBefore = (await this.jobs()).length;
    const { result, usage } = await measure(() => this.stack[operation](...words));
    if (result.code !== 0) throw new Error(`${name} failed:\n${result.text}`);
    const { total, byCommand } = (await this.#control("GET", "calls")) as {
      total: number;
      byCommand: Record<string, number>;
    };
    return {
      operation: name,
      ...usage,
      resources: resourcesIn(result),
      calls: total,
      polls: (byCommand.queryAsyncJobResult ?? 0) + (byCommand.listAsyncJobs ?? 0),
      jobs: (await this.jobs()).length - jobsBefore,
      byCommand,
    };
  }

  async jobs(): Promise<Job[]> {
    return (await this.#control("GET", "jobs")) as Job[];
  }

  async close(): Promise<void> {
    await this.#cloud.close();
    await this.#ceph?.close();
    this.stack.remove();
  }

  async #control(method: string, path: string): Promise<unknown> {
    const answer = await fetch(`${this.#cloud.controlUrl}/${path}`, { method });
    if (!answer.ok) throw new Error(`the control API answered ${answer.status} to ${method} ${path}`);
    return await answer.json();
  }
}

function resourcesIn(run: Run): number {
  return Object.values(run.steps).reduce((sum, count) => sum + count, 0);
}
