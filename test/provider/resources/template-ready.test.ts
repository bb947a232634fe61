/** A template exists once the server has its image: the wait for it, and the ways in which it ends otherwise. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startCloud } from "../cloud.ts";
import { type Failure, type Kept, plain } from "../engine.ts";
import { type Estate, INSTANCE, startEstate } from "./estate.ts";

const TEMPLATE = "cloudstack:compute:Template";

let estate: Estate;
beforeAll(async () => {
  // A download takes half a second.
  estate = await startEstate("fast");
});
afterAll(() => estate.close());

const image = { url: "http://images.example/u.qcow2", format: "QCOW2", hypervisor: "KVM" };
const rowsNamed = (name: string) => estate.rows("listTemplates", { templatefilter: "all", name });
const failureOf = (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => ({ code: 0, details: "no failure" }),
    (error) => error,
  );

test("T#25 it is there when its image is, and an instance can be made of it at once", async () => {
  let isMade = false;
  const making = estate.engine.create(TEMPLATE, { ...image, name: "slow" }).then((kept) => {
    isMade = true;
    return kept;
  });
  while (!isMade) {
    const [row] = await rowsNamed("slow");
    if (row !== undefined) expect(row.status).toMatch(/^(\d+% Downloaded|Download Complete)$/);
    await sleep(20);
  }
  const kept = await making;
  expect(plain(kept.state)).toMatchObject({ isReady: true });
  expect(await estate.drift(TEMPLATE, kept)).toEqual({});

  const inputs = { ...estate.instanceOn("of-it", await estate.tier()), templateId: kept.id };
  const instance = await estate.engine.create(INSTANCE, inputs as never);
  expect(plain(instance.state)).toMatchObject({ state: "Running" });
  await estate.engine.delete(INSTANCE, instance);
});

test("T#25 of two, the later one is not taken for unfinished because the earlier one's end was looked at", async () => {
  const early = estate.engine.create(TEMPLATE, { ...image, name: "early" });
  await sleep(400);
  const later = estate.engine.create(TEMPLATE, { ...image, name: "later" });
  for (const kept of await Promise.all([early, later])) {
    expect(plain(kept.state)).toMatchObject({ isReady: true });
    await estate.engine.delete(TEMPLATE, kept);
  }
});

// What CloudStack's downloader ends with (`HttpTemplateDownloader`, `DownloadManagerImpl`): no word in common.
test.each([
  "HTTP Server returned 404 (expected 200 OK)",
  "Unable to start download -- check url?",
  "Download file size is too large",
  'Failed post download script: checksum "1" didn\'t match the given value, "2"',
])("T#25 a download that fails is told at once, and again by the next run: %s", async (text) => {
  await estate.fault({ command: "registerTemplate", kind: "job-failure", text });
  const given = { ...image, name: "broken" };
  const failure = await failureOf(estate.engine.create(TEMPLATE, given, { timeout: 5 }));
  expect(failure.details).toContain(`download of the template failed [urn:pulumi:test::strata::${TEMPLATE}::broken]`);
  expect(failure.details).toContain(`zone1: ${text}\n  → `);
  expect(failure.details).toMatch(/correct `url` or `checksum`/);
  const rows = await rowsNamed("broken");
  expect(rows.map(({ id }) => id)).toEqual([failure.partial?.id]);

  // The engine has what failed half way finished by an update: it must not pass for made.
  const partial = { ...failure.partial, name: "broken" } as Kept;
  const next = await estate.nextRun();
  const live = await next.read(TEMPLATE, partial);
  expect(plain(live?.state ?? {})).toMatchObject({ isReady: false });
  const again = await failureOf(next.update(TEMPLATE, { ...partial, ...live }, partial.inputs));
  expect(again.details).toContain(`zone1: ${text}\n`);

  const corrected = { ...partial.inputs, url: "http://images.example/right.qcow2" };
  expect(await next.diff(TEMPLATE, partial, corrected)).toMatchObject({ replaces: ["url"] });
  const made = await next.create(TEMPLATE, corrected, { name: "broken" });
  expect(plain(made.state)).toMatchObject({ isReady: true, url: corrected.url });
  await next.delete(TEMPLATE, partial);
  expect((await rowsNamed("broken")).map(({ id }) => id)).toEqual([made.id]);
  await next.delete(TEMPLATE, made);
});

test("T#25 T#40 when customTimeouts end the wait its id is kept, and the next run waits on", async () => {
  // Here a download takes five seconds: it begins before the time is over, and ends after that on any machine.
  const slow = await startCloud("real");
  onTestFinished(() => slow.close());
  const failure = await failureOf(slow.engine.create(TEMPLATE, { ...image, name: "late" }, { timeout: 2 }));
  expect(failure.details).toMatch(/timeout of 2 s/);
  const [row] = await slow.rows("listTemplates", { templatefilter: "all", name: "late" });
  expect(row).toMatchObject({ id: failure.partial?.id, isready: false });

  const partial = { ...failure.partial, name: "late" } as Kept;
  const finished = await (await slow.nextRun()).update(TEMPLATE, partial, partial.inputs);
  expect(finished.id).toBe(row?.id);
  expect(plain(finished.state)).toMatchObject({ isReady: true });
  expect(await slow.drift(TEMPLATE, finished)).toEqual({});
});
