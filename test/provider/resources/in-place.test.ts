/**
 * What changes in place, asked of the whole registry: a new value arrives at the server and is read back from there; an optional
 * property that the program no longer names is gone from the server, or `check` refuses with a remedy. Silently kept is none.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cloudstack } from "../../../provider/cloudstack/provider.ts";
import { same } from "../../../provider/core/diff.ts";
import type { Field } from "../../../provider/core/fields.ts";
import { type Kept, plain } from "../engine.ts";
import { type Case, cases, startInPlace } from "./in-place-cases.ts";

/** Properties whose change or removal cannot be seen here, and where it is. */
const elsewhere: Readonly<Record<string, string>> = {
  "cloudstack:gpu:HostDevice.busAddresses": "host-device.test.ts: only Mold has it",
  "cloudstack:identity:Account.password": "no server tells it",
  "cloudstack:infrastructure:OutOfBandManagement.password": "no server tells it",
  "cloudstack:infrastructure:HostHa.provider": "effects.test.ts: a host takes only the one of its hypervisor",
  "cloudstack:network:NetworkAclList.exclusive": "acl-list.test.ts: a wish to the provider, which no server knows",
  "cloudstack:storage:StoragePool.capacityGib": "storage-pool.test.ts looks at the server's own row",
  "cloudstack:compute:Instance.userDataDetails": "instance-given-up.test.ts looks at the server's own row",
  "cloudstack:compute:Instance.dynamicScalingEnabled": "instance-given-up.test.ts looks at the server's own row",
};

let place: Awaited<ReturnType<typeof startInPlace>>;
beforeAll(async () => {
  place = await startInPlace();
});
afterAll(() => place.estate.close());

const changeable = cloudstack.resources
  .map(({ token, inputs }) => ({ token, names: Object.keys(inputs).filter((name) => isInPlace(inputs[name])) }))
  .filter(({ names }) => names.length > 0);

function isInPlace(field: Field | undefined): boolean {
  return !["replace", "ignored"].includes(field?.options.onChange ?? "update");
}

function fieldOf(token: string, name: string): Field {
  const field = cloudstack.resources.find((one) => one.token === token)?.inputs[name];
  if (field === undefined) throw new Error(`${token} has no ${name}`);
  return field;
}

describe.each(changeable)("$token", ({ token, names }) => {
  test(`${names.join(", ")}`, async () => {
    const made = (await cases[token]?.(place)) ?? [];
    const shown = [...new Set(made.flatMap(({ after }) => Object.keys(after)))];
    const others = names.filter((name) => `${token}.${name}` in elsewhere && !shown.includes(name));
    expect([...shown, ...others].sort()).toEqual([...names].sort());
    for (const one of made) {
      const kept = await place.make(token, { ...one.needed, ...one.before });
      const changed = await readBack(token, kept, one);
      expect(await silentlyKept(token, changed, Object.keys(one.after))).toEqual([]);
    }
  });
});

/** Changes all at once, and looks at what a refresh by the next run reads. */
async function readBack(token: string, kept: Kept, { before, after }: Case): Promise<Kept> {
  const changed = await place.estate.engine.update(token, kept, { ...kept.inputs, ...after } as never);
  const live = await (await place.estate.nextRun()).read(token, changed);
  const wrong = Object.entries(after).filter(([name, value]) => {
    if (`${token}.${name}` in elsewhere) return false;
    const field = fieldOf(token, name);
    const isTold = field.options.from !== false || field.options.decode !== undefined;
    const isChanged = !same(field, before[name] as never, value as never);
    return !isTold || !isChanged || !same(field, plain(live?.inputs ?? {})[name], value as never);
  });
  expect(wrong.map(([name]) => name)).toEqual([]);
  return changed;
}

/** Those of the given-up properties that are neither refused nor gone from the server, nor left to its choice. */
async function silentlyKept(token: string, kept: Kept, names: readonly string[]): Promise<string[]> {
  const { engine } = place.estate;
  const optional = names.filter((name) => fieldOf(token, name).presence === "optional");
  const without = (given: readonly string[]) =>
    Object.fromEntries(Object.entries(kept.inputs).filter(([name]) => !given.includes(name)));
  const { failures } = await engine.check(token, without(optional), kept.inputs);
  const givenUp = optional.filter((name) => failures[name] === undefined);
  await engine.update(token, kept, without(givenUp));
  const live = await (await place.estate.nextRun()).import(token, kept.id);
  expect(live).toBeDefined();
  return givenUp.filter((name) => {
    const path = `${token}.${name}`;
    const isOpen = fieldOf(token, name).options.serverChooses || path in elsewhere;
    return !isOpen && plain(live?.inputs ?? {})[name] !== undefined;
  });
}
