import { afterAll, beforeAll, expect, test } from "vitest";
import { complaints, examined, findingsOf } from "../cli/doctor-support.ts";
import { CephCloud } from "../support/ceph.ts";
import { Cloud } from "../support/cloud.ts";
import { EngineStack } from "../support/engine.ts";
import { succeeded } from "../support/runs.ts";

/** What `strata doctor` says once the platform stands: every whole card is given away then, and names and VLANs are in use. */

let cloud: Cloud;
let ceph: CephCloud;
let stack: EngineStack;

beforeAll(async () => {
  [cloud, ceph] = await Promise.all([Cloud.start({ seed: "enterprise" }), CephCloud.start({ seed: "enterprise" })]);
  stack = new EngineStack({ profile: "enterprise", env: { ...cloud.env, ...ceph.env } });
  succeeded(await stack.up());
});

afterAll(async () => {
  stack.remove();
  await Promise.all([cloud.close(), ceph.close()]);
});

test("the stack's own machines, cards, volumes, names and VLANs are in nobody's way", async () => {
  const report = await examined({ profile: "enterprise", cloud, ceph });
  expect(complaints(report)).toEqual([]);
  expect(findingsOf(report, "names")[0]?.value).toBe("in use by this platform (VPC strata)");
  expect(findingsOf(report, "ceph-names")[0]?.value).toBe("in use by this platform");
  expect(findingsOf(report, "capacity").map(({ value }) => value)).toEqual([
    expect.stringMatching(/, 0 needed$/),
    expect.stringMatching(/, 0 needed$/),
    expect.stringMatching(/, 0 needed$/),
  ]);
});

test("to a second platform they are somebody else's", async () => {
  const report = await examined({ profile: "enterprise", cloud, ceph, overrides: { platform: { name: "other" } } });
  expect(report.worst).toBe("blocking");
  const wrong = new Set(complaints(report).map(({ check }) => check));
  expect([...wrong]).toEqual(expect.arrayContaining(["vlans", "addresses", "gpu-devices", "placement"]));
  expect(findingsOf(report, "vlans")).toHaveLength(8);
});
