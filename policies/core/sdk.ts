/**
 * What the pack uses of `@pulumi/policy`: the proxy that checks for unknowns. Its package index loads the whole SDK,
 * which costs every preview 150 ms and is not needed: this module of it has no imports of its own.
 */
import type { unknownCheckingProxy as checking, UnknownValueError as Unknown } from "@pulumi/policy";
import proxy from "@pulumi/policy/proxy.js";

interface ProxyModule {
  unknownCheckingProxy: typeof checking;
  UnknownValueError: typeof Unknown;
  unknownStringValue: string;
  unknownBooleanValue: string;
  unknownNumberValue: string;
  unknownArrayValue: string;
  unknownAssetValue: string;
  unknownArchiveValue: string;
  unknownObjectValue: string;
}

const module = proxy as unknown as ProxyModule;

export const { unknownCheckingProxy, UnknownValueError } = module;

/** What the engine sends in place of a value that is not known yet. */
export const unknownValue = module.unknownStringValue;

const unknowns = new Set<unknown>([
  module.unknownStringValue,
  module.unknownBooleanValue,
  module.unknownNumberValue,
  module.unknownArrayValue,
  module.unknownAssetValue,
  module.unknownArchiveValue,
  module.unknownObjectValue,
]);

export function isUnknown(value: unknown): boolean {
  return unknowns.has(value);
}
