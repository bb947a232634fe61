import { expect, test } from "vitest";
import { isCloudStackError } from "../../../provider/cloudstack/client/errors.ts";
import { answer, type Parameters, refusal, scriptedServer } from "./scripted-server.ts";

const scope = { listall: true };
const notFound = (p: Parameters) =>
  refusal(
    p.command,
    431,
    `Unable to execute API command listvolumes due to invalid value. Invalid parameter id value=${p.id} due to incorrect long value format, or entity does not exist or due to incorrect parameter annotation for the field in api cmd class.`,
  );

/** Lists volumes v0…v(n-1), pages included. */
function volumes(n: number, byId: (p: Parameters) => ReturnType<typeof answer> = notFound) {
  return scriptedServer((p) => {
    if (p.id) return byId(p);
    const [page, size] = [Number(p.page), Number(p.pagesize)];
    const volume = Array.from({ length: n }, (_, i) => ({ id: `v${i}` })).slice((page - 1) * size, page * size);
    return answer(p.command, n === 0 ? {} : { count: n, volume });
  });
}

test("many reads of one list are one call", async () => {
  await using server = await volumes(100);
  const client = server.client();
  const ids = Array.from({ length: 100 }, (_, i) => `v${i}`);
  const rows = await Promise.all(ids.map((id) => client.read("listVolumes", scope, id)));
  expect(rows.map((row) => row?.id)).toEqual(ids);
  expect(server.requests).toHaveLength(1);
});

test("a list is read on all its pages", async () => {
  await using server = await volumes(1_201);
  expect(await server.client().list("listVolumes", scope)).toHaveLength(1_201);
  expect(server.requests.map((r) => r.page)).toEqual(["1", "2", "3"]);
});

test("a server with a lower ceiling for pages is read in its own pages", async () => {
  await using server = await scriptedServer((p) => {
    if (Number(p.pagesize) > 2) return refusal(p.command, 431, "Page size can't exceed max allowed page size value: 2");
    const volume = [{ id: "v0" }, { id: "v1" }, { id: "v2" }].slice((Number(p.page) - 1) * 2, Number(p.page) * 2);
    return answer(p.command, { count: 3, volume });
  });
  expect(await server.client().list("listVolumes", scope)).toHaveLength(3);
});

test("a very long list is not read for a few rows", async () => {
  await using server = await volumes(10_000, (p) => answer(p.command, { count: 1, volume: [{ id: p.id }] }));
  expect(await server.client().read("listVolumes", scope, "v9999")).toEqual({ id: "v9999" });
  expect(server.requests).toHaveLength(2);
});

test("a change of ours makes the next read ask again", async () => {
  await using server = await volumes(1);
  const client = server.client();
  await client.read("listVolumes", scope, "v0");
  await client.call("updateVolume", {});
  await client.read("listVolumes", scope, "v0");
  expect(server.count("listVolumes")).toBe(2);
});

test("T#347 what the list lacks is gone only if the query by id says so: 431 for an unknown id, {} for a removed one", async () => {
  await using unknown = await volumes(1);
  expect(await unknown.client().read("listVolumes", scope, "gone")).toBeUndefined();
  await using removed = await volumes(1, (p) => answer(p.command, {}));
  expect(await removed.client().read("listVolumes", scope, "gone")).toBeUndefined();
  expect(removed.requests.at(-1)).toMatchObject({ id: "gone", listall: "true" });
});

test.each([
  [531, "no permission", "forbidden"],
  [401, "unable to verify user credentials and/or request signature", "auth"],
  [432, "The API [listVolumes] does not exist or is not available for the account for user id [u].", "forbidden"],
  [530, "internal error", "server"],
] as const)("T#129 T#146 an answer %i is never taken for gone", async (code, text, kind) => {
  await using server = await volumes(1, (p) => refusal(p.command, code, text));
  const error: unknown = await server
    .client()
    .read("listVolumes", scope, "v7")
    .catch((e: unknown) => e);
  expect(isCloudStackError(error, kind)).toBe(true);
});

test("a missing domain of the scope does not prove the object gone", async () => {
  await using server = await volumes(0, () =>
    refusal(
      "listVolumes",
      431,
      "Invalid parameter domainid value=d due to incorrect long value format, or entity does not exist",
    ),
  );
  const error: unknown = await server
    .client()
    .read("listVolumes", { ...scope, domainid: "d" }, "v7")
    .catch((e: unknown) => e);
  expect(isCloudStackError(error, "not-found")).toBe(true);
});

test("an answer that counts objects and shows none is an error, not an empty list", async () => {
  await using server = await scriptedServer((p) => answer(p.command, { count: 3 }));
  await expect(server.client().list("listVolumes", scope)).rejects.toThrow(/counts 3 objects and shows none/);
});
