import { bucketUse } from "./ceph-checks/bucket-use.ts";
import { domains } from "./ceph-checks/domains.ts";
import { health } from "./ceph-checks/health.ts";
import { monitors } from "./ceph-checks/monitors.ts";
import { cephNames } from "./ceph-checks/names.ts";
import { placement as bucketPlacement } from "./ceph-checks/placement.ts";
import { poolDelete } from "./ceph-checks/pool-delete.ts";
import { room } from "./ceph-checks/room.ts";
import { services } from "./ceph-checks/services.ts";
import { addresses } from "./checks/addresses.ts";
import { capacity } from "./checks/capacity.ts";
import { gpuDevices } from "./checks/gpu-devices.ts";
import { hostDevices } from "./checks/host-devices.ts";
import { hosts } from "./checks/hosts.ts";
import { images } from "./checks/images.ts";
import { limits } from "./checks/limits.ts";
import { liveMigration } from "./checks/live-migration.ts";
import { names } from "./checks/names.ts";
import { overcommit } from "./checks/overcommit.ts";
import { permissions } from "./checks/permissions.ts";
import { physicalNetwork } from "./checks/physical-network.ts";
import { placement } from "./checks/placement.ts";
import { primaryStorage } from "./checks/primary-storage.ts";
import { profile } from "./checks/profile.ts";
import { server } from "./checks/server.ts";
import { settings } from "./checks/settings.ts";
import { vlans } from "./checks/vlans.ts";
import { zone } from "./checks/zone.ts";
import type { CephCheck, Check } from "./exam.ts";

/** Every check of CloudStack, and of the profile. */
export const checks: readonly Check[] = [
  server,
  permissions,
  zone,
  images,
  physicalNetwork,
  vlans,
  addresses,
  settings,
  limits,
  names,
  hosts,
  overcommit,
  liveMigration,
  capacity,
  placement,
  gpuDevices,
  hostDevices,
  primaryStorage,
  profile,
];

/** Every check of Ceph. */
export const cephChecks: readonly CephCheck[] = [
  health,
  monitors,
  services,
  domains,
  room,
  bucketPlacement,
  bucketUse,
  cephNames,
  poolDelete,
];
