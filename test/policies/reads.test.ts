import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import fc from "fast-check";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import protobuf from "protobufjs/minimal.js";
import { expect, test } from "vitest";
import { type ResourceMessage, readResource, readStack } from "../../policies/core/message.ts";
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
      structs.Struct.fromJavaScript({
        plain: "x",
        key: secret("k"),
        "dotted.key": secret("d"),
        list: [{ deep: secret({ "a/b": secret("b") }) }],
      }),
    );
  const subject = subjectFrom(readResource(request.serializeBinary()));
  expect(subject.raw).toEqual({ plain: "x", key: "k", "dotted.key": "d", list: [{ deep: { "a/b": "b" } }] });
  expect([...subject.secrets].sort()).toEqual(["/dotted.key", "/key", "/list/0/deep", "/list/0/deep/a~1b"]);
  expect([subject.ignoreChanges, subject.aliases]).toEqual([["rules"], ["urn"]]);
});

type Json = structs.JavaScriptValue;

/** The message as the SDK's classes write it. */
function messageOf(resource: ResourceMessage) {
  const options = new messages.AnalyzerResourceOptions()
    .setProtect(resource.protect)
    .setDeletebeforereplace(true)
    .setIgnorechangesList(resource.ignoreChanges)
    .setAliasesList(resource.aliases)
    .setParent(resource.parent);
  const message = new messages.AnalyzerResource()
    .setType(resource.type)
    .setUrn(resource.urn)
    .setName(resource.name)
    .setDependenciesList(["urn of something"])
    .setProperties(structs.Struct.fromJavaScript(resource.props as Record<string, Json>))
    .setOptions(options);
  if (resource.provider !== undefined) {
    const properties = structs.Struct.fromJavaScript(resource.provider as Record<string, Json>);
    message.setProvider(new messages.AnalyzerProviderResource().setType("t").setName("n").setProperties(properties));
  }
  for (const [property, urns] of Object.entries(resource.dependencies)) {
    const made = new messages.AnalyzerPropertyDependencies().setUrnsList(urns);
    message.getPropertydependenciesMap().set(property, made);
  }
  return message;
}

test("a message is read as the SDK's own classes write it, whatever is in it", () => {
  const word = fc.string({ unit: "grapheme" });
  const set = fc.array(word).map((words) => words.sort());
  // The SDK's classes lose a property of this name, so that they cannot write it.
  const values = fc
    .dictionary(word, fc.jsonValue({ maxDepth: 4 }))
    .filter((one) => !JSON.stringify(one).includes('"__proto__":'));
  const resource = fc.record({
    type: word,
    urn: word,
    name: word,
    props: values,
    protect: fc.boolean(),
    ignoreChanges: fc.array(word),
    aliases: fc.array(word),
    parent: word,
    dependencies: fc.dictionary(word, set, { noNullPrototype: true }).filter((one) => !Object.hasOwn(one, "__proto__")),
  });
  const provided = fc.tuple(resource, values).map(([one, provider]) => ({ ...one, provider }));
  fc.assert(
    fc.property(fc.array(fc.oneof(resource, provided), { minLength: 1, maxLength: 3 }), (unordered) => {
      const resources = unordered.sort((one, other) => (one.urn < other.urn ? -1 : one.urn > other.urn ? 1 : 0));
      const written = resources.map(messageOf);
      const stack = new messages.AnalyzeStackRequest().setResourcesList(written);
      for (const bytes of [asArray, asBuffer]) {
        expect(readStack(bytes(stack))).toEqual(resources);
        expect(written.map((one) => readResource(bytes(one)))).toEqual(resources);
      }
    }),
  );
});

/** As the SDK's classes write it. */
const asArray = (message: { serializeBinary(): Uint8Array }) => message.serializeBinary();
/** As gRPC hands it over: a view of a part of a larger piece of memory. */
const asBuffer = (message: { serializeBinary(): Uint8Array }) => {
  const bytes = message.serializeBinary();
  return Buffer.concat([Buffer.from("head"), bytes, Buffer.from("tail")]).subarray(4, 4 + bytes.length);
};

const whole: ResourceMessage = {
  type: "cloudstack:compute:Instance",
  props: { name: "n", list: [1, true, null, { deep: "x".repeat(200) }] },
  urn: "urn:pulumi:s::p::cloudstack:compute:Instance::n",
  name: "n",
  protect: true,
  ignoreChanges: ["list"],
  aliases: ["urn:old"],
  parent: "urn:parent",
  provider: { endpoint: "https://cloud.example" },
  dependencies: { list: ["urn:a", "urn:b"] },
};

test.each([
  ["an array", asArray],
  ["a buffer", asBuffer],
])("a message cut anywhere is an error, as %s: nothing of it is judged as if it were all", (_, bytesOf) => {
  const resource = messageOf(whole);
  const stack = bytesOf(new messages.AnalyzeStackRequest().setResourcesList([resource]));
  expect(readStack(stack)).toEqual([whole]);
  for (let end = 1; end < stack.length; end += 1) expect(() => readStack(stack.subarray(0, end)), `${end}`).toThrow();

  // By itself it is shorter, but whole, where one of its own fields ends.
  const bytes = bytesOf(resource);
  const ends = new Set<number>();
  for (const reader = protobuf.Reader.create(bytes); reader.pos < reader.len; ends.add(reader.pos)) {
    reader.skipType(reader.uint32() & 7);
  }
  expect(ends.size).toBeGreaterThan(6);
  for (let end = 1; end < bytes.length; end += 1) {
    if (!ends.has(end)) expect(() => readResource(bytes.subarray(0, end)), `${end}`).toThrow();
  }
});

test("a part that is longer than the whole it is in is an error", () => {
  const bytes = messageOf(whole).serializeBinary();
  // Texts that end their messages, each with its length before it: a value, an option, a dependency.
  for (const text of ["https://cloud.example", "urn:parent", "urn:b"]) {
    const at = Buffer.from(bytes).indexOf(Buffer.from([text.length, ...Buffer.from(text)]));
    expect(at, text).toBeGreaterThan(0);
    const longer = Buffer.from(bytes);
    longer[at] = text.length + 1;
    expect(() => readResource(longer), text).toThrow();
    expect(() => readResource(new Uint8Array(longer)), text).toThrow();
  }
});

test("a property cannot give the values another prototype, and so hide what it is", () => {
  const bytes = protobuf.Writer.create();
  bytes
    .uint32((2 << 3) | 2)
    .fork()
    .uint32((1 << 3) | 2)
    .fork();
  bytes.uint32((1 << 3) | 2).string("__proto__");
  bytes
    .uint32((2 << 3) | 2)
    .fork()
    .uint32((5 << 3) | 2)
    .fork()
    .uint32((1 << 3) | 2)
    .fork();
  bytes
    .uint32((1 << 3) | 2)
    .string("verifyTls")
    .ldelim()
    .ldelim()
    .ldelim();
  const { props } = readResource(bytes.ldelim().ldelim().finish());
  expect(Object.keys(props)).toEqual(["__proto__"]);
  expect("verifyTls" in props).toBe(false);
});
