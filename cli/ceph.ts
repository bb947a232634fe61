import { join } from "node:path";
import type { CephEmulator } from "../emulator/ceph/server.ts";
import { runFolder } from "../tools/toolchain/layout.ts";
import { Background, type Running } from "./background.ts";

/** Where the embedded Ceph answers, and its throwaway credentials. Loopback only. */
export interface CephEndpoint extends Running, Omit<CephEmulator, "controlUrl" | "close"> {}

/** The embedded Ceph of this work tree. */
export const ceph = new Background<CephEndpoint>({
  name: "embedded Ceph",
  program: "emulator/ceph/main.ts",
  folder: join(runFolder, "ceph"),
  urlsOf: ({ urls }) => urls,
});
