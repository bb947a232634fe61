import { secretsFolder } from "../secrets.ts";
import { combined, file, type Guest, type GuestMachine, type Packages, type Setup } from "../setup.ts";
import { clusterAccounts, jobUsers } from "../slurm/accounts.ts";
import { batchBesideServing, configuration, taskProlog } from "../slurm/configuration.ts";
import { poolOf } from "../slurm/policy.ts";
import { keepTrying, unitText } from "../units.ts";

/** Slurm. Its shared key, /etc/munge/munge.key, is a secret: it comes out of band and replaces the one of the package. */
export const nodePackages: Packages = { slurmd: "21.08.5-*", munge: "0.5.14-*" };
export const clusterPackages: Packages = {
  slurmctld: "21.08.5-*",
  slurmdbd: "21.08.5-*",
  munge: "0.5.14-*",
  "mariadb-server": "1:10.6.*",
};

/** The scheduler's agent on a shared machine; nothing where the platform has no scheduler or for a tenant. */
export function scheduledNode(guest: Guest): Setup {
  const { training, inference } = poolOf(guest);
  const isNode = (machines: readonly GuestMachine[]) => machines.some(({ name }) => name === guest.machine.name);
  if (!isNode([...training, ...inference])) return { files: [], commands: [], services: [] };
  const setup: Setup = {
    files: [...configuration(guest), ...taskProlog(guest), keepTrying("slurmd.service"), keepTrying("munge.service")],
    commands: [],
    services: ["munge.service", "slurmd.service"],
  };
  return combined([setup, jobUsers(guest), ...(isNode(inference) ? [batchBesideServing(guest)] : [])]);
}

export function schedulerSetup(guest: Guest): Setup {
  const accounting = `DbdHost=localhost
SlurmUser=slurm
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StorageLoc=slurm_acct_db
LogFile=/var/log/slurm/slurmdbd.log
PidFile=/run/slurmdbd.pid
`;
  // The account is the system's own user, by the socket: there is no password to keep.
  const database = `CREATE DATABASE IF NOT EXISTS slurm_acct_db;
CREATE USER IF NOT EXISTS slurm@localhost IDENTIFIED VIA unix_socket;
GRANT ALL ON slurm_acct_db.* TO slurm@localhost;
`;
  const setup: Setup = {
    files: [
      ...configuration(guest),
      file("/etc/strata/accounting.sql", database),
      ...["munge", "slurmdbd", "slurmctld"].map((name) => keepTrying(`${name}.service`)),
      // Before it registers there: a cluster that is added later has nobody to tell of its changes.
      file(
        "/etc/systemd/system/slurmctld.service.d/cluster.conf",
        unitText({ Service: { ExecStartPre: "-+/usr/bin/sacctmgr --immediate add cluster strata" } }),
      ),
      // Its daemon refuses to start where anybody else could read this. Last, for its owner is there only with its package.
      file("/etc/slurm/slurmdbd.conf", accounting, "0600", "slurm:slurm"),
    ],
    commands: [
      ["install", "-d", "-o", "slurm", "-g", "slurm", "/var/log/slurm", "/var/lib/slurm/slurmctld"],
      ["sh", "-c", "mysql </etc/strata/accounting.sql"],
    ],
    services: ["mariadb.service", "munge.service", "slurmdbd.service", "slurmctld.service"],
  };
  return combined([secretsFolder, setup, jobUsers(guest), clusterAccounts(guest)]);
}
