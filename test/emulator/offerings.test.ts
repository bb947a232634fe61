import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/cloudstack/server.ts";
import { type Caller, callerOf, jobOf, object, type Params, rows } from "./client.ts";

let emulator: Emulator;
let call: Caller;

beforeAll(async () => {
  emulator = await startEmulator({ latency: "none" });
  call = callerOf(emulator);
});

afterAll(() => emulator.close());

const refusal = async (command: string, params: Params) => (await call(command, params)).content.errortext;

describe("service offerings", () => {
  const size = { cpunumber: 2, cpuspeed: 1000, memory: 2048 };

  it("are custom when a size is left out, and refuse sizes that make no sense", async () => {
    const custom = object(await call("createServiceOffering", { name: "custom" }), "serviceoffering");
    expect(custom).toMatchObject({ iscustomized: true });
    expect(custom).not.toHaveProperty("cpunumber");
    const failed = "Failed to create service offering x: specify the ";
    const create = (params: Params) => refusal("createServiceOffering", { ...size, name: "x", ...params });
    expect(await create({ memory: 16 })).toBe(`${failed}memory value between 32 and 2147483647 MB`);
    expect(await create({ cpunumber: 0 })).toBe(`${failed}cpu number value between 1 and 2147483647`);
    expect(await create({ offerha: true, storagetype: "local" })).toBe(
      "HA offering with local storage is not supported. ",
    );
  });

  it("carry their tags on a hidden disk offering, and open up again", async () => {
    const domainid = String(object(await call("createDomain", { name: "closed" }), "domain").id);
    const params = { ...size, name: "tagged", tags: "ssd", hosttags: "gpu", domainid };
    const created = object(await call("createServiceOffering", params), "serviceoffering");
    expect(created).toMatchObject({ storagetags: "ssd", hosttags: "gpu", domainid, domain: "closed" });
    const changes = { id: String(created.id), storagetags: "hdd", domainid: "public" };
    const updated = object(await call("updateServiceOffering", changes), "serviceoffering");
    expect(updated.storagetags).toBe("hdd");
    expect(updated).not.toHaveProperty("domainid");
    const disks = rows(await call("listDiskOfferings"), "diskoffering").map((disk) => disk.name);
    expect(disks).not.toContain("tagged");
  });
});

describe("network offerings", () => {
  const services = (provider: string, ...names: string[]): Params =>
    Object.assign(
      { supportedservices: names.join(",") },
      ...names.map((service, index) => ({
        [`serviceproviderlist[${index}].service`]: service,
        [`serviceproviderlist[${index}].provider`]: provider,
      })),
    );
  const offering = { name: "o", traffictype: "Guest" };

  it("obey the rules of their guest type", async () => {
    const create = (params: Params) => refusal("createNetworkOffering", { ...offering, ...params });
    const vr = services("VirtualRouter", "Dhcp", "SourceNat");
    expect(await create({ ...services("VirtualRouter", "Dhcp"), guestiptype: "Shared" })).toBe(
      "SpecifyIpRanges should always be true for Shared network offerings",
    );
    expect(await create({ ...vr, guestiptype: "Isolated", specifyipranges: true })).toBe(
      "SpecifyIpRanges can only be true for Shared network offerings and Isolated with no SourceNat service",
    );
    expect(await create({ ...services("VirtualRouter", "UserData"), guestiptype: "Isolated" })).toContain(
      "Without VR as dhcp provider",
    );
    expect(await create({ ...services("VirtualRouter", "Dhcp"), guestiptype: "L2" })).toContain("L2 network offering");
    expect(await create({ guestiptype: "Ring" })).toBe("Invalid guestType Ring; can have Shared/Isolated/L2 value");
    expect(await create({ guestiptype: "Isolated", "serviceproviderlist[0].service": "Dns" })).toContain(
      "Service Dns is not enabled for the network offering",
    );
  });

  it("are disabled until somebody enables them, keep their order of services and cannot be lost while in use", async () => {
    const params = { ...offering, ...services("VirtualRouter", "Dns", "Dhcp", "SourceNat"), guestiptype: "Isolated" };
    const created = object(await call("createNetworkOffering", { ...params, name: "used" }), "networkoffering");
    expect(created.state).toBe("Disabled");
    expect((created.service as { name: string }[]).map((service) => service.name)).toEqual([
      "SourceNat",
      "Dhcp",
      "Dns",
    ]);
    const id = String(created.id);
    await call("updateNetworkOffering", { id, state: "Enabled" });
    const [zone] = rows(await call("listZones"), "zone");
    const network = { name: "n", displaytext: "n", networkofferingid: id, zoneid: String(zone?.id) };
    const networkId = String(object(await call("createNetwork", network), "network").id);
    expect(await refusal("deleteNetworkOffering", { id })).toMatch(
      /as its used by 1 networks\. To make the network offering/,
    );
    await jobOf(call, await call("deleteNetwork", { id: networkId }));
    expect((await call("deleteNetworkOffering", { id })).content).toEqual({ success: true });
    expect((await call("listNetworkOfferings", { id })).content).toEqual({});
  });
});

describe("templates", () => {
  const template = { name: "t", format: "QCOW2", hypervisor: "KVM", url: "https://example.org/t.qcow2" };

  it("are ready once they are downloaded", async () => {
    const [registered] = rows(await call("registerTemplate", template), "template");
    const id = String(registered?.id);
    const [listed] = rows(await call("listTemplates", { templatefilter: "self", id }), "template");
    expect(listed).toMatchObject({
      isready: true,
      status: "Download Complete",
      templatetype: "USER",
      account: "admin",
    });
    await call("updateTemplatePermissions", { id, ispublic: true, isfeatured: true });
    const featured = rows(await call("listTemplates", { templatefilter: "featured" }), "template");
    expect(featured.map((one) => one.name)).toEqual(["Ubuntu 22.04", "t"]);
    expect((await jobOf(call, await call("deleteTemplate", { id }))).jobstatus).toBe(1);
    expect((await call("listTemplates", { templatefilter: "self", id })).content).toEqual({});
  });

  it("end without an image where the control API says so, and nothing can be made of them", async () => {
    const text = "HTTP Server returned 404 (expected 200 OK)";
    const fault = { command: "registerTemplate", kind: "job-failure", text };
    await fetch(`${emulator.controlUrl}/faults`, { method: "POST", body: JSON.stringify(fault) });
    const [registered] = rows(await call("registerTemplate", { ...template, checksum: "{MD5}ab" }), "template");
    const id = String(registered?.id);
    const [listed] = rows(await call("listTemplates", { templatefilter: "self", id }), "template");
    expect(listed).toMatchObject({
      isready: false,
      status: text,
      checksum: "ab",
      downloaddetails: [{ downloadState: "DOWNLOAD_ERROR" }],
    });
    expect(rows(await call("listTemplates", { templatefilter: "executable" }), "template")).not.toContainEqual(
      expect.objectContaining({ id }),
    );
    await jobOf(call, await call("deleteTemplate", { id }));
  });

  it("take their time with real latencies", async () => {
    const slow = await startEmulator();
    const [registered] = rows(await callerOf(slow)("registerTemplate", template), "template");
    expect(registered).toMatchObject({ isready: false, status: "0% Downloaded" });
    await fetch(`${slow.controlUrl}/clock`, { method: "POST", body: JSON.stringify({ offsetSeconds: 6 }) });
    const self = { templatefilter: "self" };
    expect(rows(await callerOf(slow)("listTemplates", self), "template")[0]?.isready).toBe(true);
    await slow.close();
  });
});

describe("disk offerings", () => {
  it("limit throughput, and lose their tags to an empty text", async () => {
    const limits = { iopsreadrate: 10000, iopswriterate: 10000, bytesreadrate: 2000000000 };
    const details = { "details[0].purpose": "models" };
    const params = {
      name: "fast",
      displaytext: "fast",
      disksize: 5,
      tags: "hot",
      cachemode: "none",
      ...limits,
      ...details,
    };
    const created = object(await call("createDiskOffering", params), "diskoffering");
    expect(created).toMatchObject({
      diskIopsReadRate: 10000,
      diskIopsWriteRate: 10000,
      diskBytesReadRate: 2000000000,
      cacheMode: "none",
      details: { purpose: "models" },
    });
    expect(created).not.toHaveProperty("diskBytesWriteRate");
    const changes = { id: String(created.id), tags: "", iopsreadrate: 5000 };
    const updated = object(await call("updateDiskOffering", changes), "diskoffering");
    expect(updated).toMatchObject({ diskIopsReadRate: 5000, diskIopsWriteRate: 10000 });
    expect(updated).not.toHaveProperty("tags");
    expect(await refusal("createDiskOffering", { ...params, cachemode: "fancy" })).toContain(
      "Invalid cache mode (fancy)",
    );
  });
});
