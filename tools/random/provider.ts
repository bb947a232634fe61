import { isDeepStrictEqual } from "node:util";
import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import type * as provider from "@pulumi/pulumi/proto/provider_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import { unary } from "../plugin/unary.ts";
import { randomVersion } from "../toolchain/pins.ts";
import { randomPassword, randomString } from "./characters.ts";
import type { RandomKind, Values } from "./kind.ts";
import { randomBytesKind, randomId, randomInteger, randomShuffle, randomUuid } from "./numbers.ts";
import { decode, encode, unknowns } from "./wire.ts";

const kinds: Readonly<Record<string, RandomKind>> = {
  "random:index/randomBytes:RandomBytes": randomBytesKind,
  "random:index/randomId:RandomId": randomId,
  "random:index/randomInteger:RandomInteger": randomInteger,
  "random:index/randomPassword:RandomPassword": randomPassword,
  "random:index/randomShuffle:RandomShuffle": randomShuffle,
  "random:index/randomString:RandomString": randomString,
  "random:index/randomUuid:RandomUuid": randomUuid,
};

/** Stand-in for `pulumi-resource-random`: same types, same properties, same life cycle. */
export const randomProvider: UntypedServiceImplementation = {
  getPluginInfo: unary(() => new pluginMessages.PluginInfo().setVersion(randomVersion)),
  getSchema: unary(() => {
    throw new Error("the stand-in random plugin has no schema; import with --generate-code=false");
  }),
  checkConfig: unary((request: provider.CheckRequest) => new messages.CheckResponse().setInputs(request.getNews())),
  diffConfig: unary(() => new messages.DiffResponse()),
  // Secrets are not accepted: the engine then sends plain values and keeps what was secret secret by itself.
  configure: unary(() => new messages.ConfigureResponse().setSupportspreview(true)),
  cancel: unary(() => new emptyMessages.Empty()),
  check: unary(check),
  diff: unary(diff),
  create: unary(create),
  read: unary(read),
  delete: unary(() => new emptyMessages.Empty()),
};

function kindOf(urn: string): RandomKind {
  const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const kind = kinds[token];
  if (kind !== undefined) return kind;
  throw new Error(`${token} is not in the stand-in random plugin, which has ${Object.keys(kinds).join(", ")}`);
}

function check(request: provider.CheckRequest): provider.CheckResponse {
  const kind = kindOf(request.getUrn());
  const failures = kind
    .check({ ...kind.defaults, ...decode(request.getNews()) })
    .map(({ property, reason }) => new messages.CheckFailure().setProperty(property).setReason(reason));
  return new messages.CheckResponse().setInputs(request.getNews()).setFailuresList(failures);
}

function diff(request: provider.DiffRequest): provider.DiffResponse {
  const { defaults } = kindOf(request.getUrn());
  const before: Values = { ...defaults, ...decode(request.getOldInputs()) };
  const after: Values = { ...defaults, ...decode(request.getNews()) };
  const changed = Object.keys({ ...before, ...after }).filter(
    // The official plugin's bookkeeping ("__defaults") is no input.
    (name) => !name.startsWith("__") && !isDeepStrictEqual(before[name], after[name]),
  );
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const response = new messages.DiffResponse()
    .setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME)
    .setDiffsList(changed)
    .setReplacesList(changed)
    .setHasdetaileddiff(true);
  for (const name of changed) {
    const kind = name in before ? (name in after ? "UPDATE" : "DELETE") : "ADD";
    const detail = new messages.PropertyDiff()
      .setKind(messages.PropertyDiff.Kind[`${kind}_REPLACE`])
      .setInputdiff(true);
    response.getDetaileddiffMap().set(name, detail);
  }
  return response;
}

function create(request: provider.CreateRequest): provider.CreateResponse {
  const kind = kindOf(request.getUrn());
  const inputs = { ...kind.defaults, ...decode(request.getProperties()) };
  if (request.getPreview()) {
    return new messages.CreateResponse().setProperties(encode({ ...inputs, ...unknowns(kind.computed) }, kind.secret));
  }
  const { id, outputs } = kind.create(inputs);
  return new messages.CreateResponse().setId(id).setProperties(encode({ ...inputs, ...outputs }, kind.secret));
}

/** A refresh finds what the state says, for the value lives nowhere else; an import brings the value as the id. */
function read(request: provider.ReadRequest): provider.ReadResponse {
  const kind = kindOf(request.getUrn());
  const state = decode(request.getProperties());
  if (Object.keys(state).length > 0) {
    return new messages.ReadResponse()
      .setId(request.getId())
      .setProperties(encode(state, kind.secret))
      .setInputs(request.getInputs());
  }
  const { id, inputs, outputs } = kind.adopt(request.getId());
  return new messages.ReadResponse()
    .setId(id)
    .setInputs(encode(inputs))
    .setProperties(encode({ ...kind.defaults, ...inputs, ...outputs }, kind.secret));
}
