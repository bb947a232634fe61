import { file, type Guest, type Setup } from "./setup.ts";
import { unitText } from "./units.ts";

/** TCP port of the DCGM exporter. */
export const dcgmPort = 9400;

/** What is measured of a GPU (P5.6), by DCGM's names. */
export const gpuFields = {
  utilisation: "DCGM_FI_DEV_GPU_UTIL",
  memoryUsed: "DCGM_FI_DEV_FB_USED",
  memoryFree: "DCGM_FI_DEV_FB_FREE",
  temperature: "DCGM_FI_DEV_GPU_TEMP",
  power: "DCGM_FI_DEV_POWER_USAGE",
  tensorCores: "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE",
  pcieSent: "DCGM_FI_PROF_PCIE_TX_BYTES",
  pcieReceived: "DCGM_FI_PROF_PCIE_RX_BYTES",
  errors: "DCGM_FI_DEV_XID_ERRORS",
} as const;

const exporter = unitText({
  Unit: {
    Description: "GPU metrics",
    // The machine's template brings the driver that fits the way the card is given, and the exporter with it.
    ConditionPathExists: ["/dev/nvidiactl", "/usr/bin/dcgm-exporter"],
    After: "nvidia-persistenced.service nvidia-dcgm.service",
    StartLimitIntervalSec: 0,
  },
  Service: {
    ExecStart: `/usr/bin/dcgm-exporter --address :${dcgmPort} --collectors /etc/strata/dcgm.csv`,
    Restart: "always",
    RestartSec: 30,
    NoNewPrivileges: "yes",
    ProtectHome: "yes",
  },
  Install: { WantedBy: "multi-user.target" },
});

/** Driver daemon and metrics on a machine that has a share of a card; nothing on one that has none. */
export function gpu({ machine }: Guest): Setup {
  if (machine.gpu === undefined) return { files: [], commands: [], services: [] };
  const rows = Object.entries(gpuFields).map(([name, field]) => `${field}, gauge, ${name}\n`);
  return {
    files: [
      file("/etc/strata/dcgm.csv", rows.join("")),
      file("/etc/systemd/system/strata-dcgm-exporter.service", exporter),
    ],
    commands: [],
    services: ["nvidia-persistenced.service", "strata-dcgm-exporter.service"],
  };
}
