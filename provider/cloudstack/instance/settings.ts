/** What of an instance one call, updateVirtualMachine, changes. */
import { same } from "../../core/diff.ts";
import type { Values } from "../../core/fields.ts";
import type { Row } from "../client/client.ts";
import { liveOf } from "../regular.ts";
import { type Params, paramsOf } from "../wire.ts";
import { detailUpdate } from "./details.ts";
import { inputs, outputs } from "./fields.ts";

type Given = Values<typeof inputs>;

/** Property to parameter, where the server tells what is set. */
const told = {
  name: "name",
  displayName: "displayname",
  group: "group",
  haEnabled: "haenable",
  deleteProtection: "deleteprotection",
} as const;

/** The parameters that bring what the row shows to what is wanted; undefined: nothing to do. */
export function settingsOf(
  row: Row,
  before: Partial<Given>,
  wanted: Partial<Given>,
  changed: ReadonlySet<string> = new Set(),
): Params | undefined {
  const live = liveOf({ inputs, outputs }, row).values;
  const params: Params = { ...detailUpdate(row, before.details, wanted.details) };
  for (const [name, param] of Object.entries(told) as [keyof typeof told, string][]) {
    const value = wanted[name];
    if (value !== undefined && !same(inputs[name], value, live[name])) params[param] = value;
  }
  if (changed.has("dynamicScalingEnabled")) params.isdynamicallyscalable = wanted.dynamicScalingEnabled;
  if (changed.has("userData") || changed.has("userDataId") || changed.has("userDataDetails")) {
    Object.assign(params, paramsOf(inputs, wanted, ["userData", "userDataId", "userDataDetails"]));
  }
  return Object.keys(params).length === 0 ? undefined : params;
}

/** Settings that a guest meets only at its next start. */
export function needsRestart(settings: Params | undefined): boolean {
  return Object.keys(settings ?? {}).some(
    (name) => name === "name" || name.startsWith("details[") || name === "cleanupdetails",
  );
}
