import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { expect, test } from "vitest";
import { checkingReads, undecidedReason } from "../../policies/core/unknown.ts";
import { subjectFrom } from "../../policies/core/wire.ts";
import { unknown } from "./rule-test.ts";

test("what is not known throws where it is read, with its path; the rest is read as it is", () => {
  const values = { name: "n", id: unknown, nics: [{ networkId: unknown, ip: "10.0.0.1" }], tags: { a: "b" } };
  const props = checkingReads(values);
  expect([props.name, props.tags.a, props.nics.length, props.nics[0]?.ip]).toEqual(["n", "b", 1, "10.0.0.1"]);
  const reasonOf = (read: () => unknown) => {
    try {
      return read();
    } catch (error) {
      return undecidedReason(error)?.en;
    }
  };
  expect(reasonOf(() => props.id)).toBe("id is known only after its creation");
  expect(reasonOf(() => props.nics[0]?.networkId)).toBe("nics.0.networkId is known only after its creation");
  expect(reasonOf(() => JSON.stringify(props))).toMatch(/only after its creation/);
});

test("secrets off the wire are opened, at any depth, and their paths noted", () => {
  const secret = (value: structs.JavaScriptValue) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    value,
  });
  const request = new messages.AnalyzeRequest()
    .setType("t")
    .setUrn("urn:pulumi:s::p::t::n")
    .setName("n")
    .setOptions(new messages.AnalyzerResourceOptions().setIgnorechangesList(["rules"]).setAliasesList(["urn"]))
    .setProperties(
      structs.Struct.fromJavaScript({ plain: "x", key: secret("k"), list: [{ deep: secret({ a: secret("b") }) }] }),
    );
  const subject = subjectFrom(request);
  expect(subject.raw).toEqual({ plain: "x", key: "k", list: [{ deep: { a: "b" } }] });
  expect([...subject.secrets].sort()).toEqual(["key", "list.0.deep", "list.0.deep.a"]);
  expect([subject.ignoreChanges, subject.aliases]).toEqual([["rules"], ["urn"]]);
});
