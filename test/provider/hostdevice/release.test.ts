import { expect, test } from "vitest";
import { heldBy, release } from "../../../provider/cloudstack/hostdevice/release.ts";
import { answer, scriptedServer } from "../client/scripted-server.ts";

const instanceId = "6f3e0c8a-0000-4000-8000-000000000001";
const hostId = "6f3e0c8a-0000-4000-8000-000000000002";
const name = "10:00.0 3D controller";
const extraConfig =
  "<devices><hostdev mode='subsystem' type='pci'><source><address domain='0x0000' bus='0x10' slot='0x00' function='0x0'/></source></hostdev></devices>";

test("a host's list that shows no owner: the release names the instance all the same, and nobody else's allocation goes", async () => {
  await using server = await scriptedServer(({ command }) => {
    switch (command) {
      case "listApis":
        return answer(command, { api: [{ name: "updateHostDevices" }, { name: "listVmDeviceAssignments" }] });
      case "listVirtualMachines":
        return answer(command, {
          count: 1,
          virtualmachine: [{ id: instanceId, details: { "extraconfig-1": extraConfig } }],
        });
      case "listVmDeviceAssignments":
        return answer(command, {
          count: 1,
          vmdeviceassignment: [{ hostdevicesname: name, hostuuid: hostId, hostname: "gpu" }],
        });
      case "listHosts":
        return answer(command, { count: 1, host: [{ id: hostId, name: "gpu" }] });
      case "listHostDevices":
        return answer(command, {
          count: 1,
          listhostdevices: [{ hostdevicesname: [name], hostdevicestext: [""], vmallocations: {} }],
        });
      default:
        return answer(command, {});
    }
  });
  const context = { api: server.client(), urn: "urn", signal: new AbortController().signal, log: () => {} };
  const held = await heldBy(context, instanceId);
  expect(held?.devices).toMatchObject([{ name, owner: undefined }]);
  if (held !== undefined) await release(context, held);
  const sent = server.requests.filter(({ command }) => command === "updateHostDevices");
  expect(sent).toMatchObject([{ hostid: hostId, hostdevicesname: name, currentvmid: instanceId }]);
});
