import { gpu } from "../gpu.ts";
import { certified, frontend, nginx, nginxPackages } from "../nginx.ts";
import { aiSet, app, python, pythonPackages } from "../python.ts";
import { unapprovedData } from "../retention.ts";
import { secretsFolder } from "../secrets.ts";
import { combined, file, portOf, type Setup, type Template, withRole } from "../setup.ts";
import { unitText } from "../units.ts";
import { clusterPackages, nodePackages, scheduledNode, schedulerSetup } from "./scheduling.ts";

/** TCP port of registry and storage, by TLS with certificates on both sides. */
const certifiedPort = portOf("approved data");

/** A machine that trains: a tenant's own by hand, a shared one under the scheduler where there is one. */
export const train: Template = {
  doc: "Training: PyTorch for the machine's GPUs or its CPU, and the scheduler's agent on shared machines",
  packages: { ...pythonPackages, ...nodePackages },
  setup: (guest) => combined([gpu(guest), python(aiSet(guest), guest), scheduledNode(guest)]),
};

export const schedule: Template = {
  doc: "Scheduler of shared training (P5.5)",
  packages: clusterPackages,
  setup: schedulerSetup,
};

export const data: Template = {
  doc: "A tenant's raw and prepared data, and what submits it to the gate",
  packages: { ...pythonPackages, curl: "7.81.0-*" },
  setup: (guest) => combined([secretsFolder, python("data", guest)]),
};

export const registry: Template = {
  doc: "Model registry: MLflow",
  packages: { ...nginxPackages, ...pythonPackages },
  setup(guest) {
    const local = 5000;
    const home = `${guest.machine.data?.folders[0] ?? "/var/lib"}/registry`;
    const names = withRole(guest.context, "registry").map(({ name }) => `${name}.${guest.context.networkDomain}`);
    const options = [
      `--backend-store-uri sqlite:///${home}/mlflow.db`,
      `--artifacts-destination ${home}/artifacts`,
      `--host 127.0.0.1 --port ${local} --workers 2`,
      `--allowed-hosts ${["localhost", "127.0.0.1", guest.machine.name, ...names].join(",")}`,
    ];
    const command = `mlflow server ${options.join(" ")}`;
    return combined([
      frontend({
        name: "registry",
        listen: certifiedPort,
        local,
        maxBody: "20g",
        seconds: 300,
        callersCertified: true,
      }),
      app({ name: "registry", doc: registry.doc, set: "registry", command, writes: [home], product: true }, guest),
    ]);
  },
};

/** Training data over HTTPS: the gate puts, training gets. No further service has to be kept up for it. */
export const storage: Template = {
  doc: "Approved training data: taken from the gate, given to training",
  packages: nginxPackages,
  setup: ({ machine }): Setup => {
    const home = `${machine.data?.folders[0] ?? "/srv"}/approved`;
    const site = `server {
  listen ${certifiedPort} ssl;
  client_max_body_size 10g;
${certified}  location = /health { access_log off; return 200 "ok\\n"; }
  location / {
    root ${home};
    autoindex on;
    autoindex_format json;
    dav_methods PUT;
    create_full_put_path on;
    # What is approved stays as it is: nothing is taken away here.
    limit_except GET PUT { deny all; }
  }
}
`;
    const folder = file(
      "/etc/systemd/system/nginx.service.d/storage.conf",
      unitText({
        Service: {
          ExecStartPre: [
            ...(machine.data?.folders ?? []).map((path) => `/usr/bin/mountpoint -q ${path}`),
            `/usr/bin/install -d -o www-data -g www-data ${home}`,
          ],
        },
      }),
    );
    return combined([{ files: [folder], commands: [], services: [] }, nginx("storage", site)]);
  },
};

export const validate: Template = {
  doc: "Quality gate, intake and validation (P2.3, P2.4)",
  packages: { ...nginxPackages, ...pythonPackages },
  setup(guest) {
    const local = 8002;
    const command = `uvicorn --host 127.0.0.1 --port ${local} --no-server-header app:app`;
    const writes = guest.machine.data?.folders ?? [];
    return combined([
      frontend({
        name: "validate",
        listen: portOf("submission"),
        local,
        maxBody: "10g",
        seconds: 300,
        callersCertified: true,
      }),
      unapprovedData(guest),
      app({ name: "validate", doc: validate.doc, set: "gate", command, writes }, guest),
    ]);
  },
};

export const anonymise: Template = {
  doc: "Quality gate, anonymisation and approval (P2.5, P2.6)",
  packages: pythonPackages,
  setup(guest) {
    const targets = withRole(guest.context, "storage").map(
      ({ name }) => `https://${name}.${guest.context.networkDomain}`,
    );
    const environment: Record<string, string> = targets[0] === undefined ? {} : { STRATA_STORAGE: targets[0] };
    const writes = guest.machine.data?.folders ?? [];
    const unit = {
      name: "process",
      doc: anonymise.doc,
      set: "gate",
      command: "python3 -m app",
      environment,
      writes,
    } as const;
    return combined([secretsFolder, app(unit, guest)]);
  },
};
