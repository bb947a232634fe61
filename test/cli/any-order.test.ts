/** Servers list, states hold and runs tell things in any order: reports are the same all the same. */
import { expect, test } from "vitest";
import { State } from "../../cli/audit/state.ts";
import { CephQuestions } from "../../cli/doctor/ceph-questions.ts";
import { Questions } from "../../cli/doctor/questions.ts";
import { stackReport } from "../../cli/report/build.ts";
import type { EngineEvent } from "../../cli/report/engine-log.ts";
import { listed } from "../../provider/core/errors.ts";
import { readRecorded } from "../e2e/recorded/files.ts";
import { answer, scriptedServer } from "../provider/client/scripted-server.ts";

test("a list of CloudStack is in order", async () => {
  const network = [
    { id: "2", name: "b" },
    { id: "3", name: "a" },
    { id: "1", name: "b" },
  ];
  await using server = await scriptedServer(({ command }) => answer(command, { count: network.length, network }));
  const rows = await new Questions(server.client()).rows("listNetworks");
  expect(rows.map(({ id }) => id)).toEqual(["3", "1", "2"]);
});

test("a list of Ceph is in order", async () => {
  const api = { list: async () => [{ pool_name: "b" }, { pool_name: "a" }] };
  const rows = await new CephQuestions(api as unknown as CephQuestions["api"]).rows("pool");
  expect(rows.map(({ pool_name: name }) => name)).toEqual(["a", "b"]);
});

test("a state is read in order", () => {
  const exported = JSON.parse(readRecorded("stack"));
  const backwards = structuredClone(exported);
  backwards.deployment.resources.reverse();
  const read = (one: unknown) => new State(JSON.stringify(one)).all.map(({ urn }) => urn);
  expect(read(backwards)).toEqual(read(exported));
});

test("findings about one resource are in order", () => {
  const finding = (message: string): EngineEvent => ({
    policyEvent: { policyName: "rule", policyPackName: "another", resourceUrn: "urn:pulumi:s::p::t::n", message },
  });
  const messages = (...events: EngineEvent[]) =>
    stackReport(events, (text) => text).findings.map(({ message }) => message.en);
  expect(messages(finding("b"), finding("a"))).toEqual(["a", "b"]);
  expect(messages(finding("a"), finding("b"))).toEqual(["a", "b"]);
});

test("what a provider's error lists is in order, numbers by what they say", () => {
  expect(listed(["rule 100 (x)", "rule 20 (y)"])).toBe("rule 20 (y), rule 100 (x)");
});
