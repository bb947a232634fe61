/** What of an instance one call, updateVirtualMachine, changes. */
import { isEmpty, same } from "../../core/diff.ts";
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

const userData = ["userData", "userDataId", "userDataDetails"] as const;

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
    const value = wanted[name] ?? (changed.has(name) ? clearedOf(name) : undefined);
    if (value !== undefined && !same(inputs[name], value, live[name])) params[param] = value;
  }
  if (changed.has("dynamicScalingEnabled")) {
    params.isdynamicallyscalable = wanted.dynamicScalingEnabled ?? clearedOf("dynamicScalingEnabled");
  }
  if (userData.some((name) => changed.has(name)) && userDataReset(row, wanted, changed) === undefined) {
    Object.assign(params, userDataOf(wanted));
  }
  return Object.keys(params).length === 0 ? undefined : params;
}

/**
 * The parameters of the reset that takes user data away, and leaves what is given; undefined: nothing is to be taken away. An
 * update keeps what it is not given (`UserVmManagerImpl.updateVirtualMachine`), a reset, for which the instance is stopped, nothing.
 */
export function userDataReset(row: Row, wanted: Partial<Given>, changed: ReadonlySet<string>): Params | undefined {
  const isGivenUp = userData.some((name) => changed.has(name) && isEmpty(wanted[name]));
  // Registered user data that somebody set by hand beside the program's text.
  const isForeign = changed.has("userData") && row.userdataid !== undefined && isEmpty(wanted.userDataId);
  return isGivenUp || isForeign ? userDataOf(wanted) : undefined;
}

function userDataOf(wanted: Partial<Given>): Params {
  return paramsOf(
    inputs,
    wanted,
    userData.filter((name) => !isEmpty(wanted[name])),
  );
}

/** What stands for a property that is given up. */
function clearedOf(name: "dynamicScalingEnabled" | keyof typeof told): Params[string] {
  const { cleared }: { readonly cleared?: unknown } = inputs[name].options;
  return cleared as Params[string];
}

/** Settings that a guest meets only at its next start. */
export function needsRestart(settings: Params | undefined): boolean {
  return Object.keys(settings ?? {}).some(
    (name) => name === "name" || name.startsWith("details[") || name === "cleanupdetails",
  );
}
