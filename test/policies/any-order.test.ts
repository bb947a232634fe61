/** The engine hands maps over in any order, as Go does, and so a stack's resources: what the pack says is the same all the same. */
import protobuf, { type Writer } from "protobufjs/minimal.js";
import { expect, test } from "vitest";
import { rules } from "../../policies/catalogue.generated.ts";
import { readStack } from "../../policies/core/message.ts";
import { Pack } from "../../policies/core/pack.ts";
import { type Given, readSettings } from "../../policies/core/settings.ts";
import { type Description, type Subject, subjectOf } from "../../policies/core/subject.ts";
import { subjectFrom } from "../../policies/core/wire.ts";
import { types } from "../../policies/model/types.ts";
import { settings, violations } from "./capacity-samples.ts";
import { violations as isolation } from "./isolation-samples.ts";
import { list, machine, owned, thing, tier, urn } from "./landscape.ts";
import { unknown } from "./rule-test.ts";

type Order = <T>(items: readonly T[]) => T[];
const forwards: Order = (items) => [...items];
const backwards: Order = (items) => [...items].reverse();

const tag = (field: number) => (field << 3) | 2;
const within = (writer: Writer, field: number) => writer.uint32(tag(field)).fork();

/** A stack as the engine writes it, with every map and every set in the given order. */
function written(resources: readonly Description[], order: Order): Buffer {
  const writer = protobuf.Writer.create();
  for (const { urn: itself, type, name, props = {}, dependencies = {} } of order(
    resources.map((one) => ({ ...one, urn: subjectOf(one).urn })),
  )) {
    within(writer, 1);
    writer.uint32(tag(1)).string(type).uint32(tag(3)).string(itself).uint32(tag(4)).string(name);
    within(writer, 2);
    struct(writer, props, order);
    writer.ldelim();
    for (const [property, urns] of order(Object.entries(dependencies))) {
      within(writer, 9).uint32(tag(1)).string(property);
      within(writer, 2);
      for (const one of order(urns)) writer.uint32(tag(1)).string(one);
      writer.ldelim().ldelim();
    }
    writer.ldelim();
  }
  return Buffer.from(writer.finish());
}

/** `google.protobuf.Struct` */
function struct(writer: Writer, values: object, order: Order): void {
  for (const [key, value] of order(Object.entries(values).filter(([, held]) => held !== undefined))) {
    within(writer, 1).uint32(tag(1)).string(key);
    within(writer, 2);
    plainValue(writer, value, order);
    writer.ldelim().ldelim();
  }
}

/** `google.protobuf.Value`; the order of a list means something. */
function plainValue(writer: Writer, value: unknown, order: Order): void {
  if (typeof value === "number") writer.uint32((2 << 3) | 1).double(value);
  else if (typeof value === "string") writer.uint32(tag(3)).string(value);
  else if (typeof value === "boolean") writer.uint32(4 << 3).bool(value);
  else if (Array.isArray(value)) {
    within(writer, 6);
    for (const item of value) {
      within(writer, 1);
      plainValue(writer, item, order);
      writer.ldelim();
    }
    writer.ldelim();
  } else if (typeof value === "object" && value !== null) {
    within(writer, 5);
    struct(writer, value, order);
    writer.ldelim();
  }
}

const given = new Map<string, Given>(
  Object.entries(settings as Record<string, unknown>)
    .filter(([id, own]) => typeof own === "object" && rules.some((rule) => rule.id === id))
    .map(([id, own]) => [id, { settings: own as Record<string, unknown> }]),
);

/** A sample is as much of a resource as its own rule looks at; here all rules do. */
const whole = (one: Description): Description =>
  one.type === types.instance ? { ...one, props: { nics: [], ...one.props } } : one;

const packOf = () => new Pack({ rules, settings: readSettings(rules, given), isPreview: true });
const subjects = (resources: readonly Description[], order: Order) =>
  readStack(written(resources.map(whole), order)).map(subjectFrom);

async function said(pack: Pack, stack: readonly Subject[]): Promise<string[]> {
  const { findings } = await pack.analyzeStack(stack);
  return findings.map(({ rule, urn: about, message }) => `${rule?.id} ${about}: ${message.en} / ${message.ko}`).sort();
}

/** Texts that list: of maps, of sets, of resources. */
const lists: [string, Description[]][] = [
  [
    "keys of a map",
    [thing("instance", "m", { nics: [], details: { extraconfig1: "a", extraConfig2: "b", "extraconfig-3": "c" } })],
  ],
  [
    "pools and places that a map names",
    [
      thing("cephUser", "a", {
        entity: "client.tenant-a",
        caps: { osd: "allow rw pool=tenant-b-data", mgr: "allow rw pool=tenant-c-data", mds: "allow rw path=/b" },
      }),
    ],
  ],
  [
    "what a property is made from",
    [
      ...["a", "b", "c"].map((tenant) => thing("domain", tenant, { name: `strata-tenant-${tenant}` })),
      thing(
        "diskOffering",
        "a",
        { storageTags: ["strata-tenant-a"], domainIds: [unknown, unknown, unknown] },
        { domainIds: ["a", "b", "c"].map((tenant) => urn("domain", tenant)) },
      ),
    ],
  ],
  [
    "networks of several owners",
    [
      ...["a", "b"].flatMap((tenant, index) => [
        list(tenant, []),
        tier(tenant, 20 + index, `10.0.${20 + index}.1`, owned(tenant)),
        thing("domain", tenant, { name: `strata-tenant-${tenant}` }),
      ]),
      machine("m", ["a", "b"]),
    ],
  ],
  ["replicas", ["m-1", "m-2", "m-3"].map((name) => thing("instance", name, { nics: [] }))],
  [
    "what is undecided",
    ["b", "a", "g", "f", "e", "d", "c"].map((name) => thing("instance", name, { nics: [], account: unknown })),
  ],
  [
    "data keys",
    [
      {
        type: "pulumi:pulumi:Stack",
        name: "s",
        props: { dataKeys: { platform: "c2FtZSBrZXk=", b: "c2FtZSBrZXk=", a: "c2FtZSBrZXk=" } },
      },
    ],
  ],
  ...Object.entries(violations).flatMap(([id, cases]) =>
    cases.map((one, index): [string, Description[]] => [`${id} ${index}`, one]),
  ),
  ...Object.entries(isolation).flatMap(([id, cases]) =>
    cases.map(([what, one]): [string, Description[]] => [`${id}: ${what}`, one]),
  ),
];

test.each(lists)("%s", async (_, resources) => {
  const inOrder = await said(packOf(), subjects(resources, forwards));
  expect(inOrder).not.toEqual([]);
  expect(await said(packOf(), subjects(resources, backwards))).toEqual(inOrder);
});

test("of two that clash, the one that came later is named, and once", async () => {
  const [first, second] = [tier("z", 20, "10.0.20.1"), tier("a", 20, "10.0.20.1")].map(subjectOf);
  if (first === undefined || second === undefined) throw new Error("two tiers");
  for (const order of [forwards, backwards]) {
    const pack = packOf();
    const early = [...(await pack.analyze(first)), ...(await pack.analyze(second))];
    const clashes = early.filter(({ message }) => /which is z's|overlaps z/.test(message.en));
    expect(clashes.map(({ urn: about }) => about)).toEqual([second.urn, second.urn]);
    const { findings } = await pack.analyzeStack(order([first, second]));
    expect(findings.filter(({ message }) => /which is .*'s|overlaps/.test(message.en))).toEqual([]);
  }
});
