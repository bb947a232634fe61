import { readFileSync } from "node:fs";
import { join } from "node:path";
import { combined, file, type Guest, type Packages, type Setup } from "./setup.ts";
import { unitText } from "./units.ts";

export const pythonPackages: Packages = { python3: "3.10.*", "python3-venv": "3.10.*" };

/** A set of Python packages, every one pinned by version and hash (`tools/lock-python.ts`). */
export type PythonSet = "ai-cpu" | "ai-gpu" | "data" | "gate" | "registry" | "tagging" | "web";

const read = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");
const installer = read("install-python.sh");
const lockOf = (name: string) => read(`python/${name}.txt`);

const installService = unitText({
  Unit: {
    Description: "Python packages of %i",
    Wants: "network-online.target",
    After: "network-online.target",
    StartLimitIntervalSec: 0,
  },
  Service: {
    Type: "oneshot",
    RemainAfterExit: "yes",
    // Without an index, the wheels that the machine's template brings.
    EnvironmentFile: "-/etc/strata/python.env",
    ExecStart: "/usr/local/sbin/install-python %i",
    Restart: "on-failure",
    RestartSec: 60,
    TimeoutStartSec: 3600,
  },
  Install: { WantedBy: "multi-user.target" },
});

/** Installs a set into `/opt/strata/python/<set>`. Nothing waits for it: packages may be large and mirrors away. */
export function python(set: PythonSet, { context }: Guest): Setup {
  const index = context.mirrors?.pypi;
  return {
    files: [
      file("/usr/local/sbin/install-python", installer, "0755"),
      file("/etc/systemd/system/strata-python@.service", installService),
      file(`/etc/strata/python/${set}.txt`, lockOf(set)),
      // PyTorch's own index alone has the builds without CUDA, so there is no hash of the package index to hold them to.
      ...(set === "ai-cpu" ? [file(`/etc/strata/python/${set}.extra.txt`, lockOf("torch-cpu"))] : []),
      ...(index === undefined ? [] : [file("/etc/strata/python.env", `PIP_INDEX_URL=${index}\n`)]),
    ],
    commands: [],
    services: [`strata-python@${set}.service`],
  };
}

/** The set with PyTorch for what the machine has. */
export function aiSet({ machine }: Guest): PythonSet {
  return machine.gpu === undefined ? "ai-cpu" : "ai-gpu";
}

export interface App {
  /** The unit is `strata-<name>.service`, its code lies in `/opt/strata/app/<name>`. */
  name: string;
  doc: string;
  set: PythonSet;
  /** A command of the set with its arguments. */
  command: string;
  /** Where it finds others. No secret: those come in `<name>.env` among the secrets. */
  environment?: Record<string, string>;
  /** Folders that it may write. */
  writes?: readonly string[];
  /** True where the command needs no code of its own. */
  product?: boolean;
}

/** A Python service under a user without rights. It tries again until its packages and its code are there. */
export function app(options: App, guest: Guest): Setup {
  const { name, doc, set, command, environment = {}, writes = [], product = false } = options;
  const folder = product ? "/var/empty" : `/opt/strata/app/${name}`;
  const unit = unitText({
    Unit: {
      Description: doc,
      After: `network-online.target strata-python@${set}.service mount-data.service`,
      StartLimitIntervalSec: 0,
    },
    Service: {
      User: "strata",
      WorkingDirectory: product ? "/" : folder,
      Environment: Object.entries(environment).map(([key, value]) => `"${key}=${value}"`),
      EnvironmentFile: `-/etc/strata/secrets/${name}.env`,
      ExecStartPre: [
        // Below a volume that is not mounted yet, it would fill the machine's own disk, and lose sight of that later.
        ...(guest.machine.data?.folders ?? []).map((path) => `/usr/bin/mountpoint -q ${path}`),
        // As root (+).
        ...writes.map((path) => `+/usr/bin/install -d -o strata -g strata ${path}`),
      ],
      ExecStart: `/opt/strata/python/${set}/bin/${command}`,
      Restart: "always",
      RestartSec: 30,
      NoNewPrivileges: "yes",
      PrivateTmp: "yes",
      ProtectHome: "yes",
      ProtectSystem: "strict",
      ReadWritePaths: writes.map((path) => `-${path}`),
    },
    Install: { WantedBy: "multi-user.target" },
  });
  return combined([
    python(set, guest),
    {
      files: [
        file("/etc/sysusers.d/strata.conf", 'u strata - "Services of the platform"\n'),
        file(`/etc/systemd/system/strata-${name}.service`, unit),
      ],
      commands: [["systemd-sysusers"]],
      services: [`strata-${name}.service`],
    },
  ]);
}
