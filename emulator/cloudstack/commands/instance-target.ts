import { invalid } from "../models/errors.ts";
import type { Instance } from "../models/instance.ts";
import type { Call, JobShape } from "./command.ts";
import { ref, required } from "./parameters.ts";
import { checkAccountAccess } from "./scope.ts";

export const instanceParameter = { id: required(ref("instances")) };

/** The job of a command that works on one instance; `name` is the Java class without package and ending. */
export function instanceJob(name: string, byAdmin = true): JobShape {
  return { className: `user.vm.${name}Cmd`, byAdmin, instance: "VirtualMachine", showsInstance: true };
}

export function instanceQueue(instance: Instance): readonly string[] {
  return [`instance:${instance.id}`];
}

/** The instance, when it is not expunged and the caller may act on it. @throws {ApiError} 431 or 531 */
export function existingInstance(call: Pick<Call, "tables" | "caller">, instance: Instance): Instance {
  if (instance.removed !== undefined) {
    throw invalid(`Unable to find UUID for id [${instance.id}] of type [VirtualMachine]`);
  }
  checkAccountAccess(call, instance.accountId);
  return instance;
}
