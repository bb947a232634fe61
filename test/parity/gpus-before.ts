import { type Answer, content } from "./api.ts";

type Call = (command: string, params?: Readonly<Record<string, string>>) => Promise<Answer>;

const card = { vendorid: "10de", deviceid: "20f1", vendorname: "NVIDIA", devicename: "A100 40GB" };

/**
 * What somebody had done on the recorded server before the first call, and shows in recordings 08 and 09: on the first host a card was
 * registered that the host does not have, one device of it before the host's own were found, three after; all of them are
 * in Error since.
 */
export async function registerGpusOfEarlierRun(call: Call): Promise<void> {
  const done = async (command: string, params: Readonly<Record<string, string>>) => {
    const answer = await call(command, params);
    if (answer.status !== 200) throw new Error(`${command}: ${JSON.stringify(answer.body)}`);
    return content(answer);
  };
  const idOf = (inner: object) => (Object.values(inner)[0] as { readonly id: string }).id;
  const idsIn = (inner: object) =>
    (Object.values(inner).find(Array.isArray) ?? []).map((row: { id: string }) => row.id);

  const [hostid = ""] = idsIn(await done("listHosts", { page: "1", pagesize: "1" }));
  await done("deleteGpuDevice", { ids: idsIn(await done("listGpuDevices", { hostid })).join(",") });
  const gpucardid = idOf(await done("createGpuCard", { ...card, name: "NVIDIA A100 40GB", videoram: "40960" }));
  const register = async (vgpuprofileid: string, type: string, busaddress: string) =>
    done("createGpuDevice", { hostid, gpucardid, vgpuprofileid, type, busaddress });

  const [whole = ""] = idsIn(await done("listVgpuProfiles", { gpucardid }));
  await register(whole, "PCI", "0000:3b:00.0");
  await done("discoverGpuDevices", { id: hostid });
  const size = { maxvgpuperphysicalgpu: "5", videoram: "8192" };
  const slice = idOf(await done("createVgpuProfile", { gpucardid, name: "A100-8C", ...size }));
  for (const address of ["0000:3c:00.0", "0000:3c:00.1", "0000:3c:00.2"]) await register(slice, "MDEV", address);
  await done("discoverGpuDevices", { id: hostid });
}
