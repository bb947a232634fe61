import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditReport } from "../../cli/audit/finding.ts";
import { audit } from "../../cli/audit/run.ts";
import { State } from "../../cli/audit/state.ts";
import { startEmulator } from "../../emulator/cloudstack/server.ts";
import { cloudStateFile, readRecorded } from "../e2e/recorded/files.ts";
import { Cloud, type Row } from "../support/cloud.ts";

const now = new Date("2026-11-21T00:00:00Z");

/** A deployed demo-cpu as it was recorded: the stack's state and a cloud of its own, to change by hand. */
export class AuditSite {
  readonly cloud: Cloud;
  readonly #folder: string;

  private constructor(cloud: Cloud, folder: string) {
    this.cloud = cloud;
    this.#folder = folder;
  }

  static async start(): Promise<AuditSite> {
    const folder = mkdtempSync(join(tmpdir(), "strata-audit-"));
    writeFileSync(join(folder, cloudStateFile), readRecorded("cloud"));
    return new AuditSite(Cloud.at(await startEmulator({ latency: "none", stateDir: folder })), folder);
  }

  /** As `strata audit` does it, with a policy pack that finds nothing. */
  audit(env: Record<string, string> = this.cloud.env): Promise<AuditReport> {
    const policies = { findings: [], excepted: [], exceptions: [], weakened: [], unasked: [], decisions: 1 };
    return audit({ stack: "recorded", state: new State(readRecorded("stack")), policies, env, now });
  }

  machine(name: string): Promise<Row & { id: string }> {
    return this.cloud.find("listVirtualMachines", name);
  }

  network(zone: string): Promise<Row & { id: string }> {
    return this.cloud.find("listNetworks", `strata-demo-${zone}`);
  }

  async close(): Promise<void> {
    await this.cloud.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
