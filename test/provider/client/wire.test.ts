import net, { type AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { Client } from "../../../provider/cloudstack/client/client.ts";
import { CloudStackError } from "../../../provider/cloudstack/client/errors.ts";
import { hintFor } from "../../../provider/cloudstack/client/hints.ts";
import { eventually } from "../../support/processes.ts";
import { answer, refusal, scriptedServer } from "./scripted-server.ts";

const keys = { apiKey: "key", secretKey: "secret" };

async function failure(promise: Promise<unknown>): Promise<CloudStackError> {
  const error = await promise.then(
    () => new Error("no failure"),
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(CloudStackError);
  return error as CloudStackError;
}

describe("each way of reaching no CloudStack has its own message", () => {
  test("nothing listens", async () => {
    const server = net.createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const client = new Client({ ...keys, apiUrl: `http://127.0.0.1:${port}/client/api` });
    const error = await failure(client.list("listZones", {}));
    expect(error.kind).toBe("refused");
    expect(error.message).toContain("Nothing listens at apiUrl");
  });

  test("an unknown host", async () => {
    const client = new Client({ ...keys, apiUrl: "http://no-such-host.invalid/client/api" });
    const error = await failure(client.list("listZones", {}));
    expect(["dns", "refused"]).toContain(error.kind);
  });

  test("a web page instead of the API", async () => {
    await using server = await scriptedServer(() => ({
      status: 404,
      body: "<html><body>Not Found</body></html>",
      headers: { "content-type": "text/html" },
    }));
    const error = await failure(server.client().list("listZones", {}));
    expect(error.kind).toBe("not-cloudstack");
    expect(error.message).toContain("usually http://HOST:8080/client/api");
    expect(server.requests).toHaveLength(1);
  });

  test("no answer in time", async () => {
    await using server = await scriptedServer(() => new Promise(() => {}));
    const error = await failure(server.client({ timeout: 1 }).call("createVPC", {}));
    expect(error.kind).toBe("timeout");
    expect(error.facts.mayHaveHappened).toBe(true);
  });
});

describe("wrong keys and wrong clocks", () => {
  const refuse = (date?: Date) => (p: { command?: string }) => ({
    ...(refusal(p.command, 401, "unable to verify user credentials and/or request signature") as { body: unknown }),
    status: 401,
    headers: date ? { date: date.toUTCString() } : {},
  });

  test("wrong keys are told with the variables to check", async () => {
    await using server = await scriptedServer(refuse());
    const error = await failure(server.client({ signature: "auto" }).list("listZones", {}));
    expect(error.kind).toBe("auth");
    expect(error.message).toContain("CLOUDSTACK_SECRET_KEY");
    expect(server.requests.map((r) => r.command)).toEqual(["listCapabilities", "listCapabilities"]);
  });

  test("a clock that is off is told by the server's Date header", async () => {
    await using server = await scriptedServer(refuse(new Date(Date.now() + 30 * 60_000)));
    const error = await failure(server.client().list("listZones", {}));
    expect(error.kind).toBe("clock");
    expect(error.message).toContain("clock is 30 minutes behind the server's");
  });
});

test("T#145 the remedy is told in Korean to those whose locale says so", () => {
  const facts = { kind: "limit", text: "Number of networks per VPC cannot surpass [3]." } as const;
  expect(hintFor(facts, false)).toMatch(/Raise the setting vpc.max.networks/);
  expect(hintFor(facts, true)).toMatch(/설정 vpc.max.networks.*십시오/);
});

describe("signature auto", () => {
  test("is found by a read, so that a change is sent once; and remembered", async () => {
    const signedBySha256 = (signature: string | undefined) => Buffer.from(signature ?? "", "base64").length === 32;
    await using server = await scriptedServer((p) =>
      signedBySha256(p.signature) ? answer(p.command, { success: true }) : refusal(p.command, 401, "unable to verify"),
    );
    const client = server.client({ signature: "auto" });
    await client.call("createAccount", {});
    await client.call("createAccount", {});
    expect(server.requests.map((r) => r.command)).toEqual([
      "listCapabilities",
      "listCapabilities",
      "createAccount",
      "createAccount",
    ]);
  });
});

describe("repeating", () => {
  test("a read survives a cut connection and a burst of 503", async () => {
    const replies = ["cut", { status: 503, body: "busy" }, { status: 502, body: "bad gateway" }] as const;
    await using server = await scriptedServer(
      (p, nth) => replies[nth - 1] ?? answer(p.command, { count: 1, zone: [{ id: "z" }] }),
    );
    expect(await server.client().list("listZones", {})).toEqual([{ id: "z" }]);
    expect(server.requests).toHaveLength(4);
  });

  test("a create whose connection was cut is not sent again, and says that it may have happened", async () => {
    await using server = await scriptedServer(() => "cut");
    const error = await failure(server.client().call("createVPC", {}));
    expect(error.kind).toBe("dropped");
    expect(error.facts.mayHaveHappened).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  test.each([429, 503])("a create turned away with %i is sent again", async (status) => {
    await using server = await scriptedServer((p, nth) =>
      nth === 1 ? refusal(p.command, status, "later") : answer(p.command, { id: "v" }),
    );
    expect(await server.client().call("createVPC", {})).toEqual({ id: "v" });
  });

  test("keys that may not choose ids leave it to the server", async () => {
    const refused = "Please check your permissions, you are not allowed to create/update custom id";
    await using server = await scriptedServer((p) =>
      p.customid ? refusal(p.command, 531, refused) : answer(p.command, { id: "v", jobid: "j" }),
    );
    expect((await server.client().start("createVolume", { customid: "mine", name: "n" })).id).toBe("v");
    expect(server.requests.at(-1)).toMatchObject({ name: "n" });
  });

  test("a delete may be sent twice", async () => {
    await using server = await scriptedServer((p, nth) => (nth === 1 ? "cut" : answer(p.command, { success: true })));
    await server.client().call("deleteServiceOffering", { id: "o" });
    expect(server.requests).toHaveLength(2);
  });

  test("a refusal is final", async () => {
    await using server = await scriptedServer((p) => refusal(p.command, 531, "permission denied"));
    expect((await failure(server.client().list("listZones", {}))).kind).toBe("forbidden");
    expect(server.requests).toHaveLength(1);
  });
});

test("concurrency: all clients of a server have no more requests on the way than allowed, and connections are kept", async () => {
  let now = 0;
  let most = 0;
  await using server = await scriptedServer(async (p) => {
    most = Math.max(most, ++now);
    // The first ones stay until the others have come.
    await eventually("three are on the way", () => most >= 3);
    await new Promise((resolve) => setTimeout(resolve, 5));
    now--;
    return answer(p.command, {});
  });
  const [client, another] = [server.client({ concurrency: 3 }), server.client({ concurrency: 3 })];
  const many = () =>
    Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? client : another).list("listZones", {})));
  await many();
  expect(most).toBe(3);
  await client.call("createVPC", {});
  await many();
  expect(server.requests).toHaveLength(41);
  expect(server.connections()).toBe(3);
});
