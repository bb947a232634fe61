import { expect, test } from "vitest";
import type { Client } from "../../../provider/cloudstack/client/client.ts";
import { until } from "../../../provider/cloudstack/settle.ts";
import type { Context } from "../../../provider/core/resource.ts";

function contextWith(signal: AbortSignal): Context<Client> {
  // `until` uses nothing but the urn and the signal.
  return { urn: "urn:it", signal, log: () => {} } as unknown as Context<Client>;
}

const limits = { what: "download", describe: (done: number) => `${done} of 2`, forMs: 60_000 };

test("T#25 waits until every zone has it", async () => {
  let copies = 0;
  const read = async () => ++copies;
  expect(await until(contextWith(AbortSignal.timeout(60_000)), read, (done) => done === 2, limits)).toBe(2);
});

test("says what it waited for when time runs out", async () => {
  const waiting = until(
    contextWith(AbortSignal.timeout(60_000)),
    async () => 1,
    () => false,
    { ...limits, forMs: 1 },
  );
  await expect(waiting).rejects.toThrow(/download failed \[urn:it\]: still 1 of 2 after .*\n.*run `pulumi up` again/);
});

test("T#40 ends at once when customTimeouts do", async () => {
  const started = Date.now();
  await expect(
    until(
      contextWith(AbortSignal.timeout(20)),
      async () => 1,
      () => false,
      limits,
    ),
  ).rejects.toThrow();
  expect(Date.now() - started).toBeLessThan(10_000);
});
