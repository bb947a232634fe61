import { readFileSync } from "node:fs";
import { CustomResource, type Output, ProviderResource, secret } from "@pulumi/pulumi";
import type { Sample } from "../../../support/policies.ts";

// Makes the resources of a file, as somebody would who writes them without our components.

class Any extends CustomResource {}
class AnyProvider extends ProviderResource {}

const { samples, unknown } = JSON.parse(readFileSync(process.env.SAMPLES ?? "", "utf8")) as {
  samples: Sample[];
  /** What stands for an id that is not known yet. */
  unknown: string;
};
/** For unknown ids of things that are not among the samples. */
const elsewhere = new Any("cloudstack:identity:Domain", "elsewhere", { name: "elsewhere" });
const made = new Map<string, CustomResource>();
const byKey = new Map(samples.map((sample) => [sample.key, sample]));
/** The stack is there already: what it has are the program's outputs. */
const isStack = ({ type }: Sample) => type === "pulumi:pulumi:Stack";
for (const sample of samples) if (!isStack(sample)) make(sample.key);

export default Object.fromEntries(
  samples.filter(isStack).flatMap((sample) => {
    return Object.entries(inputsOf(sample)).map(([name, value]) => [`${sample.key}.${name}`, value]);
  }),
);

function make(key: string): CustomResource {
  const sample = byKey.get(key);
  if (sample === undefined) throw new Error(`no sample ${key}`);
  const resource = made.get(key) ?? register(sample);
  made.set(key, resource);
  return resource;
}

function register(sample: Sample): CustomResource {
  const { key, type, ignoreChanges, aliases } = sample;
  const provided = /^pulumi:providers:(.+)$/.exec(type)?.[1];
  if (provided !== undefined) return new AnyProvider(provided, key, inputsOf(sample));
  return new Any(type, key, inputsOf(sample), { ignoreChanges: [...ignoreChanges], aliases: [...aliases] });
}

function inputsOf({ props, secrets, dependencies }: Sample): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(props).map(([name, value]) => {
      const ids = (dependencies[name] ?? []).map((key) => make(key).id);
      const input = filled(value, ids);
      return [name, secrets.includes(`/${name}`) ? secret(input) : input];
    }),
  );
}

/** Each unknown becomes the next of the ids, the last one again where there are no more. */
function filled(value: unknown, ids: Output<string>[]): unknown {
  if (value === unknown) return (ids.length > 1 ? ids.shift() : ids[0]) ?? elsewhere.id;
  if (Array.isArray(value)) return value.map((part) => filled(part, ids));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, filled(part, ids)]));
}
