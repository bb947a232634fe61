// What the samples of rules on encryption, quota, availability and hygiene are made of.

import type { Description } from "../../policies/core/subject.ts";
import { urnOf } from "../../policies/core/subject.ts";
import { stackType, types } from "../../policies/model/types.ts";
import { unknown } from "./rule-test.ts";

type Kind = keyof typeof types;
type Props = Record<string, unknown>;

/** A resource of a sample; what it refers to is made in the same sample, and its id unknown. */
export function made(
  kind: Kind,
  name: string,
  props: Props = {},
  refers: Record<string, [Kind, string]> = {},
): Description {
  const ids = Object.fromEntries(Object.keys(refers).map((property) => [property, unknown]));
  const dependencies = Object.entries(refers).map(([property, [to, other]]) => [property, [urnOf(types[to], other)]]);
  return { type: types[kind], name, props: { name, ...ids, ...props }, dependencies: Object.fromEntries(dependencies) };
}

export const tenant = (key: string) => ({ account: `strata-tenant-${key}` });
export const ordinary = { cpuNumber: 2, memoryMib: 4096, offerHa: true };
export const size = (name: string, props: Props = {}, profile?: string) =>
  made(
    "serviceOffering",
    name,
    { ...ordinary, ...props },
    profile === undefined ? {} : { vgpuProfileId: ["vgpuProfile", profile] },
  );
export const machine = (name: string, offering: string, props: Props = {}) =>
  made("instance", name, { rootDiskSizeGib: 20, ...props }, { serviceOfferingId: ["serviceOffering", offering] });
export const volume = (name: string, props: Props, offering = "plain") =>
  made("volume", name, { sizeGib: 10, ...props }, { diskOfferingId: ["diskOffering", offering] });
export const plain = made("diskOffering", "plain");
export const withUserData = (userData: string) => [size("2c"), machine("m-01", "2c", { userData })];
export const storagePool = (owner: string, props: Props) =>
  made("storagePool", `tenant-${owner}`, { pool: `tenant-${owner}-data`, storageTags: [`tenant-${owner}`], ...props });
/** A key that looks like none, and the pool that keeps it. */
export const poolKey = "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5";
export const secretPool: Description = {
  ...storagePool("copies", { user: "client.tenant-copies", secretKey: poolKey }),
  secrets: ["/secretKey"],
};
export const keyPair = (owner: string, publicKey: string) =>
  made("keyPair", `pair-${owner}`, { ...tenant(owner), publicKey });
export const balancer = (props: Props) =>
  made("loadBalancer", "lb", { publicPort: 443, privatePort: 443, instanceIds: [], ...props });
export const setting = (name: string, value: string) => made("setting", "setting", { name, value });
export const limits = (name: string, props: Props) =>
  made("limits", name, { name: undefined, ...props }, { domainId: ["domain", "strata-tenant-x"] });
export const domain = made("domain", "strata-tenant-x");
export const account = (name: string) =>
  made("account", name, { accountType: "user" }, { domainId: ["domain", "strata-tenant-x"] });
export const profile = (name: string, videoRamMib: number, maxPerCard: number) =>
  made("vgpuProfile", name, { videoRamMib, maxPerCard }, { gpuCardId: ["gpuCard", "card"] });
export const card = made("gpuCard", "card", { videoRamMib: 40_960 });
export const cards = [card, profile("A100-8C", 8192, 5), profile("passthrough", 40_960, 1)];
export const device = (name: string, busAddress: string, props: Props = {}) =>
  made("gpuDevice", name, { name: undefined, busAddress, ...props });
export const slice = (n: number, of: string, props: Props = {}) =>
  made(
    "gpuDevice",
    `slice-${n}`,
    { name: undefined, busAddress: `0000:3b:00.${n}`, ...props },
    { parentGpuDeviceId: ["gpuDevice", "card-0"], vgpuProfileId: ["vgpuProfile", of] },
  );
export const hostDevice = (name: string, machineName: string, busAddress: string) =>
  made("hostDevice", name, { name: undefined, busAddresses: [busAddress] }, { instanceId: ["instance", machineName] });
export const many = (count: number, one: (n: number) => Description) =>
  Array.from({ length: count }, (_, n) => one(n + 1));
export const tagged = { env: "demo", layer: "scratch", owner: "nobody", "data-class": "open" };
export const cephPool = (name: string, props: Props) => made("cephPool", name, { size: 3, quotaGib: 10, ...props });
export const far = (protocol: string) => `${protocol}://192.0.2.1:8443/client/api`;
export const provider = (props: Props) =>
  made("cloudstackProvider", "far", { apiKey: "key", secretKey: "only for tests", ...props });
export const outputs = (props: Props, ...secrets: string[]): Description => ({
  type: stackType,
  name: "outputs",
  props,
  secrets,
});
/** The keys of two owners' data volumes. */
export const dataKeys = (a: string, b: string) => outputs({ dataKeys: { "tenant-a": a, "tenant-b": b } }, "/dataKeys");
/** A key of that many bytes. */
export const key = (bytes: number, fill: string) => Buffer.alloc(bytes, fill).toString("base64");
export const prod = { env: "prod" };
export const onMachine = (one: Description): Description => ({
  ...one,
  props: { ...one.props, instanceId: unknown },
  dependencies: { ...one.dependencies, instanceId: [urnOf(types.instance, "m-01")] },
});
export const crushRule = made("crushRule", "ssd", { deviceClass: "ssd" });
