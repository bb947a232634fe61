/** What the server fills in where the program says nothing, and what stays there of what the program said once. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Kept } from "../engine.ts";
import { type Estate, NETWORK, OFFERING, startEstate, VPC } from "./estate.ts";

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
  [VPC, (name) => create(VPC, { ...estate.vpc.inputs, name })],
];
const create = (token: string, inputs: Record<string, unknown>) => estate.engine.create(token, inputs as never);

test.each(kinds)(
  "T#272 a text that %s is not given, or no longer, is no difference in any run",
  async (token, make) => {
    const kept = await make("quiet");
    expect(kept.inputs).not.toHaveProperty("displayText");
    expect(kept.state.displayText).toMatch(/./);
    expect(await estate.drift(token, kept)).toEqual({});

    const shown = await estate.engine.update(token, kept, { ...kept.inputs, displayText: "Shown" });
    const givenUp = await (await estate.nextRun()).diff(token, shown, kept.inputs);
    expect(givenUp.changes).toEqual({});
    expect(await estate.drift(token, { ...shown, inputs: kept.inputs })).toEqual({});
  },
);
