import { describe, expect, test } from "vitest";
import { cloudstack } from "../../../provider/cloudstack/provider.ts";
import { type Change, diff } from "../../../provider/core/diff.ts";
import { type PlainObject, UNKNOWN } from "../../../provider/core/values.ts";
import { idA, idB, networks, owner, type Row, tags } from "./effects-of-networks.ts";

/**
 * What a change of each property does, stated a second time and by hand: property, a value, another value, the effect.
 * Effects: update (in place), stops (in place, while an instance is stopped), replace, none (makes no difference).
 */
const tables: Readonly<Record<string, readonly Row[]>> = {
  ...networks,
  "cloudstack:identity:Domain": [
    ["name", "a", "b", "update"],
    ["parentDomainId", idA, idB, "replace"],
    ["networkDomain", "a.local", "b.local", "update"],
  ],
  "cloudstack:identity:Account": [
    ["name", "a", "b", "update"],
    ["domainId", idA, idB, "replace"],
    ["accountType", "user", "domain-admin", "replace"],
    ["roleId", idA, idB, "update"],
    ["username", "a", "b", "update"],
    ["password", "a", "b", "update"],
    ["email", "a", "b", "update"],
    ["firstName", "a", "b", "update"],
    ["lastName", "a", "b", "update"],
    ["networkDomain", "a.local", "b.local", "update"],
    ["state", "enabled", "locked", "update"],
  ],
  "cloudstack:identity:Role": [
    ["name", "a", "b", "update"],
    ["type", "User", "Admin", "replace"],
    ["description", "a", "b", "update"],
    ["isPublic", true, false, "update"],
    ["permissions", [{ rule: "a", permission: "allow" }], [{ rule: "a", permission: "deny" }], "update"],
  ],
  "cloudstack:identity:ResourceLimits": [
    ["domainId", idA, idB, "replace"],
    ["account", "a", "b", "replace"],
    ["limits", { cpus: 4 }, { cpus: -1 }, "update"],
  ],
  "cloudstack:compute:ServiceOffering": [
    ["name", "a", "b", "update"],
    ["displayText", "a", "b", "update"],
    ["cpuNumber", 1, 2, "replace"],
    ["cpuSpeedMhz", 1000, 2000, "replace"],
    ["memoryMib", 512, 1024, "replace"],
    ["offerHa", false, true, "replace"],
    ["limitCpuUse", false, true, "replace"],
    ["dynamicScalingEnabled", true, false, "replace"],
    ["storageType", "shared", "local", "replace"],
    ["provisioningType", "thin", "fat", "replace"],
    ["rootDiskSizeGib", 10, 20, "replace"],
    ["storageTags", ["a", "b"], ["b", "a"], "none"],
    ["hostTags", ["a"], ["b"], "update"],
    ["networkRateMbps", 100, 200, "replace"],
    ["domainIds", [idA], [idB], "update"],
    ["zoneIds", [idA], [idA.toUpperCase()], "none"],
    ["vgpuProfileId", idA, idB, "replace"],
    ["gpuCount", 1, 2, "replace"],
    ["gpuDisplay", true, false, "replace"],
    ["deploymentPlanner", "a", "b", "replace"],
    ["details", { a: "1" }, { a: "2" }, "replace"],
  ],
  "cloudstack:storage:DiskOffering": [
    ["name", "a", "b", "update"],
    ["displayText", "a", "b", "update"],
    ["sizeGib", 10, 20, "replace"],
    ["customized", false, true, "replace"],
    ["storageType", "shared", "local", "replace"],
    ["provisioningType", "thin", "fat", "replace"],
    ["storageTags", ["a"], ["b"], "update"],
    ["encrypt", false, true, "replace"],
    ["diskSizeStrictness", false, true, "replace"],
    ["displayOffering", true, false, "update"],
    ["minIops", 1, 2, "replace"],
    ["maxIops", 1, 2, "replace"],
    ["cacheMode", "none", "writeback", "replace"],
    ["domainIds", [idA], [idB], "update"],
    ["zoneIds", [idA], [idB], "update"],
  ],
  "cloudstack:compute:AffinityGroup": [
    ["name", "a", "b", "replace"],
    ["type", "host affinity", "host anti-affinity", "replace"],
    ["description", "a", "b", "replace"],
    ...owner,
  ],
  "cloudstack:compute:UserData": [
    ["name", "a", "b", "replace"],
    ["userData", "a", "b", "replace"],
    ["params", ["a", "b"], ["b", "a"], "none"],
    ...owner,
  ],
  "cloudstack:compute:SshKeyPair": [["name", "a", "b", "replace"], ["publicKey", "a", "b", "replace"], ...owner],
  "cloudstack:compute:Template": [
    ["name", "a", "b", "update"],
    ["displayText", "a", "b", "update"],
    ["url", "http://a", "http://b", "replace"],
    ["format", "QCOW2", "RAW", "replace"],
    ["hypervisor", "KVM", "VMware", "replace"],
    ["zoneIds", [idA], [idB], "replace"],
    ["osTypeId", idA, idB, "update"],
    ["checksum", "a", "b", "replace"],
    ["isPublic", false, true, "update"],
    ["isFeatured", false, true, "update"],
    ["isExtractable", false, true, "update"],
    ["passwordEnabled", false, true, "update"],
    ["sshKeyEnabled", false, true, "update"],
    ["isDynamicallyScalable", false, true, "update"],
    ["requiresHvm", true, false, "update"],
    ["details", { a: "1" }, { a: "2" }, "update"],
    ...owner,
    tags,
  ],
  "cloudstack:compute:Instance": [
    ["name", "a", "b", "stops"],
    ["displayName", "a", "b", "update"],
    ["zoneId", idA, idB, "replace"],
    ["serviceOfferingId", idA, idB, "stops"],
    ["templateId", idA, idB, "replace"],
    ["hypervisor", "KVM", "VMware", "replace"],
    ["nics", [{ networkId: idA }], [{ networkId: idA }, { networkId: idB }], "update"],
    ["nics", [{ networkId: idA }], [{ networkId: idB }], "stops"],
    ["nics", [{ networkId: idA, ipAddress: "10.0.1.5" }], [{ networkId: idA, ipAddress: "10.0.1.6" }], "stops"],
    ["nics", [{ networkId: idA, ipAddress: "10.0.1.5" }], [{ networkId: idA }], "none"],
    [
      "nics",
      [{ networkId: idA, macAddress: "02:00:00:00:00:01" }],
      [{ networkId: idA, macAddress: "02:00:00:00:00:02" }],
      "replace",
    ],
    ["userData", "a", "b", "update"],
    ["userData", "a", undefined, "stops"],
    ["userDataId", idA, idB, "update"],
    ["userDataId", idA, undefined, "stops"],
    ["userDataDetails", { a: "1" }, { a: "2" }, "update"],
    ["userDataDetails", { a: "1" }, {}, "stops"],
    ["affinityGroupIds", [idA, idB], [idB, idA], "none"],
    ["affinityGroupIds", [idA], undefined, "stops"],
    ["keyPairs", ["a"], ["b"], "stops"],
    ["details", { a: "1" }, { a: "2" }, "stops"],
    ["rootDiskSizeGib", 50, 60, "stops"],
    ["rootDiskSizeGib", 50, undefined, "none"],
    ["hostId", idA, idB, "none"],
    ["group", "a", "b", "update"],
    ["haEnabled", true, false, "update"],
    ["deleteProtection", false, true, "update"],
    ["dynamicScalingEnabled", true, false, "update"],
    ["state", "Running", "Stopped", "update"],
    ...owner,
    tags,
  ],
  "cloudstack:gpu:GpuCard": [
    ["vendorId", "10de", "10DE", "none"],
    ["deviceId", "20b5", "2235", "replace"],
    ["name", "a", "b", "update"],
    ["vendorName", "a", "b", "update"],
    ["deviceName", "a", "b", "update"],
    ["videoRamMib", 1024, 2048, "none"],
  ],
  "cloudstack:gpu:VgpuProfile": [
    ["name", "a", "b", "update"],
    ["gpuCardId", idA, idB, "replace"],
    ["description", "a", "b", "update"],
    ["maxPerCard", 1, 2, "update"],
    ["videoRamMib", 1024, 2048, "update"],
    ["maxHeads", 1, 2, "update"],
    ["maxResolutionX", 1, 2, "update"],
    ["maxResolutionY", 1, 2, "update"],
  ],
  "cloudstack:gpu:GpuDevice": [
    ["hostId", idA, idB, "replace"],
    ["busAddress", "0000:3B:00.0", "3b:00.0", "none"],
    ["gpuCardId", idA, idB, "update"],
    ["vgpuProfileId", idA, idB, "update"],
    ["type", "PCI", "MDEV", "update"],
    ["parentGpuDeviceId", idA, idB, "update"],
    ["numaNode", 0, 1, "update"],
    ["managed", true, false, "update"],
  ],
  "cloudstack:gpu:HostDevice": [
    ["instanceId", idA, idB, "replace"],
    ["hostId", idA, idB, "replace"],
    ["busAddresses", ["3b:00.0"], ["3b:00.0", "86:00.0"], "stops"],
  ],
  "cloudstack:storage:Volume": [
    ["name", "a", "b", "update"],
    ["diskOfferingId", idA, idB, "stops"],
    ["zoneId", idA, idB, "replace"],
    ["sizeGib", 10, 20, "update"],
    ["instanceId", idA, idB, "update"],
    ["instanceId", idA, undefined, "update"],
    ["deviceId", 1, 2, "update"],
    ["deleteProtection", false, true, "update"],
    ...owner,
    tags,
  ],
  "cloudstack:storage:SnapshotPolicy": [
    ["volumeId", idA, idB, "replace"],
    ["intervalType", "daily", "weekly", "replace"],
    ["schedule", "00:02", "00:03", "update"],
    ["timezone", "Asia/Seoul", "UTC", "update"],
    ["maxSnapshots", 1, 2, "update"],
  ],
  "cloudstack:storage:StoragePool": [
    ["name", "a", "b", "update"],
    ["type", "rbd", "glueBlock", "replace"],
    ["zoneId", idA, idB, "replace"],
    ["scope", "zone", "cluster", "replace"],
    ["clusterId", idA, idB, "replace"],
    ["hypervisor", "KVM", "Any", "replace"],
    ["monitors", ["a", "b"], ["b", "a"], "none"],
    ["port", 6789, 3300, "replace"],
    ["pool", "a", "b", "replace"],
    ["dataPool", "a", "b", "replace"],
    ["fileSystem", "a", "b", "replace"],
    ["path", "/a", "a", "none"],
    ["user", "client.a", "a", "none"],
    ["secretKey", "a", "b", "replace"],
    ["krbdPath", "/dev/rbd", "/dev/other", "none"],
    ["storageTags", ["a"], ["b"], "update"],
    ["capacityGib", 1, 2, "update"],
    ["capacityIops", 1, 2, "update"],
  ],
  "cloudstack:infrastructure:HostHa": [
    ["hostId", idA, idB, "replace"],
    ["provider", "kvmhaprovider", "simulatorhaprovider", "update"],
    ["enabled", true, false, "update"],
  ],
  "cloudstack:infrastructure:OutOfBandManagement": [
    ["hostId", idA, idB, "replace"],
    ["driver", "ipmitool", "redfish", "update"],
    ["address", "a", "b", "update"],
    ["port", 623, 624, "update"],
    ["username", "a", "b", "update"],
    ["password", "a", "b", "update"],
    ["enabled", true, false, "update"],
  ],
  "cloudstack:management:Setting": [
    ["name", "a", "b", "replace"],
    ["value", "20", "20.0", "none"],
    ["zoneId", idA, idB, "replace"],
    ["clusterId", idA, idB, "replace"],
    ["storageId", idA, idB, "replace"],
    ["accountId", idA, idB, "replace"],
    ["domainId", idA, idB, "replace"],
  ],
  "cloudstack:management:Tags": [
    ["resourceType", "Vpc", "Network", "replace"],
    ["resourceIds", [idA, idB], [idB, idA], "none"],
    tags,
  ],
};

function effectOf(changes: readonly Change[]): string {
  return [...new Set(changes.map(({ effect }) => effect))].join() || "none";
}

test("every resource has a table", () => {
  expect(Object.keys(tables).sort()).toEqual(cloudstack.resources.map(({ token }) => token).sort());
});

describe.each(Object.entries(tables))("%s", (token, rows) => {
  const resource = cloudstack.resources.find((one) => one.token === token);

  test("every property has a row", () => {
    expect([...new Set(rows.map(([property]) => property))].sort()).toEqual(Object.keys(resource?.inputs ?? {}).sort());
  });

  test.each(rows)("a change of %s from %j to %j: %s", (property, before, after, effect) => {
    const changes = diff(
      resource?.inputs ?? {},
      { [property]: before } as PlainObject,
      (after === undefined ? {} : { [property]: after }) as PlainObject,
    );
    const own = changes.filter(({ path }) => path.split(/[.[]/)[0] === property);
    expect(effectOf(own)).toBe(effect);
    expect(own).toEqual(changes);
  });
});

test("an instance goes before a network of it that is made anew; a leg more in a network to come stays in place", () => {
  const { inputs = {} } = cloudstack.resources.find(({ token }) => token === "cloudstack:compute:Instance") ?? {};
  const before = { nics: [{ networkId: idA }] };
  const effects = (nics: PlainObject["nics"]) => effectOf(diff(inputs, before, { nics }));
  // As the engine asks for what depends on something that it is about to delete, and as a preview shows a new network.
  expect(effects(UNKNOWN)).toBe("replace");
  expect(effects([{ networkId: UNKNOWN }])).toBe("replace");
  expect(effects([{ networkId: idB }])).toBe("stops");
  expect(effects([{ networkId: idA }, { networkId: UNKNOWN }])).not.toBe("replace");
});
