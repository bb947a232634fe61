import { createHash } from "node:crypto";
import { output, runtime, secret, unknown } from "@pulumi/pulumi";
import type * as analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import type * as registrations from "@pulumi/pulumi/proto/resource_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { readResource } from "../../policies/core/message.ts";
import { unknownValue } from "../../policies/core/sdk.ts";
import { urnOf, type Values } from "../../policies/core/subject.ts";
import { subjectFrom } from "../../policies/core/wire.ts";
import { stackType, types } from "../../policies/model/types.ts";

/** A resource as the program registers it, open to edits. */
export interface Edited {
  urn: string;
  type: string;
  name: string;
  /** Known once it is made: in a preview the mark of an unknown value. */
  id: string;
  props: Record<string, unknown>;
  secrets: ReadonlySet<string>;
  protect: boolean;
  ignoreChanges: readonly string[];
  aliases: readonly string[];
  parent: string | undefined;
  /** Property → urns of what its value was made from. */
  dependencies: Record<string, string[]>;
}

/** The program with a profile. */
export interface Program {
  profile: string;
  /** Laid over the profile. */
  overrides?: object;
}

/** More than enough: that quotas fit the disks is here for the rules to judge. */
const spaces = ["hdd", "ssd"].map((name) => ({ name, totalGib: 1_000_000, usedGib: 0 }));

/** What the site answers. Nothing else of it is real: what a server would be asked for is beside the point here. */
const answers: Record<string, (inputs: Values) => object> = {
  getApis: () => ({ parameters: { createServiceOffering: ["vgpuprofileid"] } }),
  getSetting: () => ({ value: "20" }),
  getVgpuProfile: ({ name }) => ({ id: `${name} (id)` }),
  getFailureDomains: () => ({ names: ["h1", "h2", "h3", "h4", "h5", "h6"] }),
  getPlacementTargets: () => ({ names: ["default-placement"], zone: "default", zonegroup: "default", realm: "seoul" }),
  getHealth: () => ({ status: "HEALTH_OK", checks: [], version: "ceph version 19.2.1 squid (stable)" }),
  getCapacity: () => ({ totalGib: 2_000_000, usedGib: 0, deviceClasses: spaces }),
  getClusters: () => ({ clusters: [{ id: "cluster (id)", name: "cluster" }] }),
};

/** Under another query Node runs a module anew. */
let runs = 0;

/**
 * Runs the real program (`src/index.ts`) without an engine, and gives what it registers just as the engine would hand it
 * to the pack: through the pack's own reading of the wire, with parents and the dependencies of each property. Chosen over
 * a recorded state because every change of the program or of a profile is in it at once, and because edits need the
 * inputs with their dependencies, which a state has only after the server's answers are mixed in.
 * @param isPreview whether ids are unknown, as before anything is made
 */
export async function recordProgram({ profile, overrides }: Program, isPreview: boolean): Promise<Edited[]> {
  const recorded: Edited[] = [];
  await runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom }) => ({
        id: isPreview || custom !== true ? undefined : `${name} (id)`,
        state: { ...inputs, ...computed(type, name, inputs, isPreview) },
      }),
      call: ({ token, inputs }) =>
        answers[token.slice(token.lastIndexOf(":") + 1)]?.(inputs) ?? { id: `${token} (id)` },
    },
    "strata",
    "test",
    isPreview,
  );
  listen(recorded);
  runtime.setAllConfig({
    "strata:profile": profile,
    ...(overrides && { "strata:overrides": JSON.stringify(overrides) }),
  });
  runs += 1;
  const { default: outputs } = (await import(`../../src/index.ts?run=${runs}`)) as { default: Values };
  await runtime.disconnect();
  return [...recorded, await stackOf(outputs)];
}

/** The stack itself, whose outputs are what the program exports. */
async function stackOf(outputs: Values): Promise<Edited> {
  const resource = new messages.AnalyzerResource()
    .setType(stackType)
    .setName("strata-test")
    .setUrn(urnOf(stackType, "strata-test"))
    .setProperties(structs.Struct.fromJavaScript(await runtime.serializeProperties("", outputs)));
  return edited(resource, unknownValue);
}

/** What servers add, secret where the providers say so: only what the program goes on with. */
function computed(type: string, name: string, inputs: Values, isPreview: boolean): Values {
  const later = (text: string) => (isPreview ? output(unknown) : output(text));
  return {
    // Our provider knows it in a preview already.
    ...(type === "cloudstack:identity:Account" && { accountName: inputs.name }),
    ...(type === "cloudstack:network:PublicIp" && { ipAddress: later("192.0.2.1") }),
    ...(type === "ceph:auth:User" && { key: secret(later(`key of ${name}`)) }),
    ...(type === types.randomBytes && { base64: secret(later(bytesOf(name, inputs))) }),
    ...(type.startsWith("random:") && { result: secret(later(`result of ${name}`)) }),
  };
}

/** As many bytes as were asked for, others for each name. */
function bytesOf(name: string, { length }: Values): string {
  return Buffer.alloc(Number(length), createHash("sha512").update(name).digest()).toString("base64");
}

/** Mocks are told neither parents nor dependencies, so the requests themselves are read. */
function listen(recorded: Edited[]): void {
  const monitor = runtime.getMonitor() as unknown as {
    registerResource(request: registrations.RegisterResourceRequest, done: Done): Promise<void>;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, done) =>
    register(request, (error, response) => {
      if (response !== undefined) recorded.push(edited(asEngine(request, response.getUrn()), response.getId()));
      done(error, response);
    });
}

type Done = (error: unknown, response?: registrations.RegisterResourceResponse) => void;

function edited(resource: analyzer.AnalyzerResource, id: string): Edited {
  const subject = subjectFrom(readResource(resource.serializeBinary()));
  return {
    urn: subject.urn,
    type: subject.type,
    name: subject.name,
    id: id || unknownValue,
    props: structuredClone(subject.raw) as Record<string, unknown>,
    secrets: subject.secrets,
    protect: subject.protect,
    ignoreChanges: subject.ignoreChanges,
    aliases: subject.aliases,
    parent: subject.parent,
    dependencies: Object.fromEntries([...subject.dependencies].map(([name, urns]) => [name, [...urns]])),
  };
}

/** The engine's message about a resource, made of the program's. */
function asEngine(request: registrations.RegisterResourceRequest, urn: string): analyzer.AnalyzerResource {
  const options = new messages.AnalyzerResourceOptions()
    .setProtect(request.getProtect() === true)
    .setIgnorechangesList(request.getIgnorechangesList())
    .setParent(request.getParent());
  const resource = new messages.AnalyzerResource()
    .setType(request.getType())
    .setName(request.getName())
    .setUrn(urn)
    .setProperties(request.getObject())
    .setOptions(options);
  for (const [property, urns] of request.getPropertydependenciesMap().entries()) {
    const made = new messages.AnalyzerPropertyDependencies().setUrnsList(urns.getUrnsList());
    resource.getPropertydependenciesMap().set(property, made);
  }
  return resource;
}
