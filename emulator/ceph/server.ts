import { journalIn } from "../cloudstack/models/journal.ts";
import { endpoints } from "./commands/index.ts";
import { BadRequest, type Body } from "./control/body.ts";
import { ControlApi } from "./control/control.ts";
import type { Release } from "./models/release.ts";
import { cloudstackEntity, completeWorld, dashboardUsers, newSecrets, secretsOf, seedWorld } from "./models/seeding.ts";
import { createWorld, type World } from "./models/world.ts";
import { type CephSeed, type CephSeedName, cephSeeds } from "./seed.ts";
import { Dispatcher } from "./wire/dispatch.ts";
import { type Listener, listen, type Tls } from "./wire/listener.ts";
import { managerHandler } from "./wire/manager.ts";

export interface CephEmulatorOptions {
  /** What the cluster is made of when there is no state yet; by name or in full. `default` when absent. */
  readonly seed?: CephSeedName | CephSeed;
  /** How many managers there are, each on a port of its own; 2 when absent. */
  readonly managers?: number;
  /** Folder that keeps the state across restarts. Absent: memory only. */
  readonly stateFolder?: string;
  /** Ports of the managers, in order. 0 or absent: any free port. */
  readonly ports?: readonly number[];
  /** Port of the control API. 0 or absent: any free port. */
  readonly controlPort?: number;
  /** Serve https with this certificate. */
  readonly tls?: Tls;
  readonly release?: Release;
  /** Name unknown fields in a 501 (default); false fails on them as the real server does. What we lack is always refused. */
  readonly strict?: boolean;
  /** Makes ids and keys repeatable; for tests. */
  readonly randomSeed?: number;
}

export interface CephEmulator {
  /** The dashboards of all managers, the first active one first: `http://127.0.0.1:PORT`. */
  readonly urls: readonly string[];
  /** `http://127.0.0.1:PORT/control`, a port of its own. */
  readonly controlUrl: string;
  /** The administrator of the dashboard. */
  readonly username: string;
  readonly password: string;
  /** The provider's settings for this cluster, as environment variables. */
  readonly env: CephEnvironment;
  /** A user of the dashboard who may only read. */
  readonly viewer: { readonly username: string; readonly password: string };
  /** The cephx user of CloudStack's own pool `cloudstack`. */
  readonly cloudstackUser: { readonly entity: string; readonly key: string };
  close(): Promise<void>;
}

/** How the provider learns of a cluster; the URL names all managers, separated by commas. */
export interface CephEnvironment {
  readonly CEPH_DASHBOARD_URL: string;
  readonly CEPH_DASHBOARD_USERNAME: string;
  readonly CEPH_DASHBOARD_PASSWORD: string;
}

/** Starts the embedded Ceph dashboard on loopback. @throws when a port is taken or the state is damaged. */
export async function startCephEmulator(options: CephEmulatorOptions = {}): Promise<CephEmulator> {
  const seed = typeof options.seed === "object" ? options.seed : cephSeeds[options.seed ?? "default"];
  const world = createWorld({
    release: options.release ?? "squid",
    managers: options.managers ?? 2,
    ...(options.randomSeed === undefined ? {} : { randomSeed: options.randomSeed }),
  });
  const journal = options.stateFolder === undefined ? undefined : journalIn(options.stateFolder);
  if (journal && world.store.attach(journal)) completeWorld(world, seed);
  else seedWorld(world, seed, newSecrets(world));
  const control = new ControlApi(world, seed);
  const dispatcher = new Dispatcher(world, endpoints, options.strict ?? true);
  const listeners = await listenAll(world, dispatcher, control, options);
  const controlListener = await listenControl(control, options.controlPort ?? 0);
  const secrets = secretsOf(world);
  const urls = listeners.map(({ origin }) => origin);
  return {
    urls,
    env: {
      CEPH_DASHBOARD_URL: urls.join(","),
      CEPH_DASHBOARD_USERNAME: dashboardUsers.administrator,
      CEPH_DASHBOARD_PASSWORD: secrets.adminPassword,
    },
    controlUrl: `${controlListener.origin}/control`,
    username: dashboardUsers.administrator,
    password: secrets.adminPassword,
    viewer: { username: dashboardUsers.viewer, password: secrets.viewerPassword },
    cloudstackUser: { entity: cloudstackEntity, key: secrets.cloudstackKey },
    async close() {
      world.tasks.forget();
      await Promise.all([...listeners, controlListener].map((listener) => listener.close()));
      journal?.close();
    },
  };
}

async function listenAll(
  world: World,
  dispatcher: Dispatcher,
  control: ControlApi,
  { ports = [], tls }: CephEmulatorOptions,
): Promise<Listener[]> {
  const listeners: Listener[] = [];
  for (const [index, manager] of world.managers.all.entries()) {
    const handler = managerHandler(manager, world.managers, dispatcher, control);
    const listener = await listen(ports[index] ?? 0, handler, () => world.clock.now(), tls);
    manager.url = `${listener.origin}/`;
    manager.cutConnections = listener.cutConnections;
    listeners.push(listener);
  }
  return listeners;
}

function listenControl(control: ControlApi, port: number): Promise<Listener> {
  return listen(port, (request) => control.handle(request, () => controlBody(request.fields())), Date.now);
}

function controlBody(fields: ReadonlyMap<string, unknown>): Body {
  if (fields.has("__proto__")) throw new BadRequest("no such field");
  return Object.fromEntries(fields);
}
