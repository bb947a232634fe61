/** What the server fills in where the program says nothing, and what stays there of what the program said once. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { resources } from "../../../provider/cloudstack/registry.ts";
import { type Kept, plain } from "../engine.ts";
import { type Estate, INSTANCE, NETWORK, OFFERING, startEstate, VPC } from "./estate.ts";

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate.close());

const image = { url: "http://images.example/u.qcow2", format: "QCOW2", hypervisor: "KVM" };
const size = { cpuNumber: 1, cpuSpeedMhz: 500, memoryMib: 512 };

const kinds: [token: string, make: (name: string) => Promise<Kept>][] = [
  ["cloudstack:compute:ServiceOffering", (name) => create("cloudstack:compute:ServiceOffering", { ...size, name })],
  ["cloudstack:compute:Template", (name) => create("cloudstack:compute:Template", { ...image, name })],
  [OFFERING, (name) => create(OFFERING, { name, guestIpType: "L2", specifyVlan: true })],
  [NETWORK, (name) => estate.tier({ name })],
  [INSTANCE, async (name) => create(INSTANCE, { ...estate.instanceOn(name, await estate.tier()) })],
  [VPC, (name) => create(VPC, { ...estate.vpc.inputs, name })],
];
const create = (token: string, inputs: Record<string, unknown>) => estate.engine.create(token, inputs as never);

test.each(kinds)(
  "T#272 a text that %s is not given, or no longer, is no difference in any run",
  async (token, make) => {
    const text = token === INSTANCE ? "displayName" : "displayText";
    const kept = await make("quiet");
    expect(kept.inputs).not.toHaveProperty(text);
    expect(kept.state[text]).toMatch(/./);
    expect(await estate.drift(token, kept)).toEqual({});

    const shown = await estate.engine.update(token, kept, { ...kept.inputs, [text]: "Shown" });
    const givenUp = await (await estate.nextRun()).diff(token, shown, kept.inputs);
    expect(givenUp.changes).toEqual({});
    expect(await estate.drift(token, { ...shown, inputs: kept.inputs })).toEqual({});
  },
);

test.each(kinds)("T#272 what the server chose for %s, spelled out, does not make it anew", async (token, make) => {
  const kept = await make("spelled-out");
  const fields = Object.entries(resources.find((one) => one.token === token)?.inputs ?? {});
  const chosen = fields.filter(
    ([name, { options }]) =>
      options.serverChooses && options.onChange === "replace" && !(name in kept.inputs) && name in kept.state,
  );
  const spelledOut = {
    ...kept.inputs,
    ...Object.fromEntries(chosen.map(([name]) => [name, kept.state[name] ?? null])),
  };
  const next = await estate.nextRun();
  expect((await next.diff(token, kept, spelledOut)).replaces).toEqual([]);
  const updated = await next.update(token, kept, spelledOut);
  expect(plain(updated.inputs)).toEqual(plain(spelledOut));
  expect(await estate.drift(token, updated)).toEqual({});
  for (const [name] of chosen.filter(([one]) => ["account", "networkDomain"].includes(one))) {
    const other = await next.diff(token, kept, { ...spelledOut, [name]: "another.example" });
    expect(other.replaces).toEqual([name]);
  }
});
