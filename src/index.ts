import { sent } from "./kit/sent.ts";
import { QualityGate } from "./layers/quality-gate.ts";
import { ServiceEdge } from "./layers/service-edge.ts";
import { SharedGpuPool } from "./layers/shared-gpu-pool.ts";
import { TenantEnclave } from "./layers/tenant-enclave.ts";
import { outputsOf } from "./outputs.ts";
import { dataKey } from "./parts/data-key.ts";
import { layFoundation } from "./parts/foundation.ts";
import { checkServer } from "./parts/server.ts";
import { adjustServer } from "./parts/server-settings.ts";
import { findSite } from "./parts/site.ts";
import { layStorage } from "./parts/storage.ts";
import { planStack } from "./stack-plan.ts";

// The whole platform: what the profile says, decided in full, then built layer by layer.
const plan = await planStack();
const site = await findSite(plan);
await checkServer(plan, site);
const foundation = layFoundation(plan, site, await layStorage(plan, site));

await adjustServer(plan, site.zoneId);

const enclaves: TenantEnclave[] = [];
for (const tenant of plan.tenants) {
  await sent();
  enclaves.push(new TenantEnclave(tenant.name, { plan: tenant, foundation }));
}
await sent();
if (plan.gate.machines.length > 0) new QualityGate("quality-gate", { plan: plan.gate, foundation });
new SharedGpuPool("shared-gpu-pool", { plan: plan.sharedAi, foundation });
await sent();
const edge = new ServiceEdge("service-edge", { plan: plan.edge, foundation });

const platformMachines = [plan.gate, plan.sharedAi, plan.edge].flatMap(({ machines }) => machines);
const platformKey = dataKey("platform", platformMachines, { protect: plan.protectData });

export default outputsOf(plan, { publicAddress: edge.publicAddress, enclaves, platformKey });
