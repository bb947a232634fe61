import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import { RandomBytes } from "@pulumi/random";
import type { MachinePlan } from "../plan/machines.ts";

/** 512 bits: the volume's own key, AES-256 in XTS mode, has as many. */
const keyBytes = 64;

/**
 * What opens an owner's encrypted data volumes, in base64 and secret; nothing where the owner has none. One for each
 * owner, never shared (P1.6). It goes into no machine's user data: an operator or agent brings it.
 */
export function dataKey(
  owner: string,
  machines: readonly MachinePlan[],
  opts: CustomResourceOptions,
): Output<string> | undefined {
  if (!machines.some(({ data }) => data?.encrypted)) return undefined;
  return new RandomBytes(`${owner}-data-key`, { length: keyBytes }, opts).base64;
}
