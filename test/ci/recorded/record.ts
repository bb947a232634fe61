/** `node test/ci/recorded/record.ts`: records the engine's event logs of `files.ts`. Run it after a new engine. */
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Cloud } from "../../support/cloud.ts";
import { EngineStack, type Run } from "../../support/engine.ts";
import { type Recording, writeRecording } from "./files.ts";

const cloud = await Cloud.start();
const stack = new EngineStack({ env: cloud.env, stack: "recorded", passphrase: true });
/** As `tools/ci/stack.ts drift` asks. */
async function drift(): Promise<string> {
  const events = join(stack.folder, "drift.jsonl");
  const child = await stack.start([
    ...stack.words("refresh"),
    "--preview-only",
    "--expect-no-changes",
    "--event-log",
    events,
  ]);
  await once(child, "close");
  return readFileSync(events, "utf8");
}

/** The engine wants a configuration for each pack as soon as one has any. */
function pack(name: string, config: object): string[] {
  const file = join(stack.folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(config));
  return ["--policy-pack", join(import.meta.dirname, "..", name), "--policy-pack-config", file];
}

const keep = (name: Recording, { events }: Run) => writeRecording(name, readFileSync(events, "utf8"));
try {
  const packs = [pack("pack", {}), pack("own-pack", { "sample-volumes": "disabled" })];
  keep("first", await stack.preview(...packs.flat()));
  const { code, text } = await stack.up();
  if (code !== 0) throw new Error(`demo-cpu could not be deployed:\n${text}`);
  keep("same", await stack.preview());

  stack.overrides = {
    tenants: { b: { vlan: 24 }, c: null },
    edge: { machines: { "ai-router-01": { memory: "8 GiB" } } },
    sharedAi: { machines: { "ai-storage-01": { data: { size: "600 GiB" } } } },
  };
  keep("change", await stack.preview());

  const { id } = await cloud.find("listVirtualMachines", "ai-shared-01");
  await cloud.by("destroyVirtualMachine", { id, expunge: "true" });
  const { id: tier } = await cloud.find("listNetworks", "strata-demo-tenant-a");
  await cloud.by("updateNetwork", { id: tier, displaytext: "by hand" });
  stack.overrides = {};
  writeRecording("drift", await drift());
} finally {
  await cloud.close();
  stack.remove();
}
