/**
 * How the API of ABLESTACK Mold differs from CloudStack's, in the lines of `listing.generated.json`. Read in public sources
 * (ablecloud-team/ablestack-cloud: `command/admin/outofbandmanagement`, `ListVmDeviceAssignmentsCmd`), not tried against a
 * real server. Only what the emulator implements is added.
 */

/** Mold has its own way to give devices to instances, and not the API for GPUs, nor what came with it. */
const missing = /gpu/i;

export const addedCommands: Readonly<Record<string, string>> = {
  listHostDevices: "sync@4.20.0.0 id:uuid! keyword:string page:integer pagesize:integer",
  updateHostDevices:
    "sync@4.20.0.0 hostid:uuid! hostdevicesname:string! hostdevicestext:string virtualmachineid:uuid currentvmid:string xmlconfig:string(65535)",
  listVmDeviceAssignments: "sync@4.21.0.0 virtualmachineid:uuid! keyword:string page:integer pagesize:integer",
};

export const addedParameters: Readonly<Record<string, string>> = {
  createStoragePool: "krbdpath:string",
};

export function isMissing(name: string): boolean {
  return missing.test(name);
}
