import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/cloudstack/server.ts";
import { type Caller, callerOf, object, rows, send, sign } from "./client.ts";

let emulator: Emulator;
let call: Caller;

beforeAll(async () => {
  emulator = await startEmulator({ latency: "none" });
  call = callerOf(emulator);
});

afterAll(() => emulator.close());

const unauthorized = "unable to verify user credentials and/or request signature";

describe("signature", () => {
  it("accepts HMAC-SHA1 and, as ABLESTACK Mold, HMAC-SHA256; by GET and by POST", async () => {
    expect((await call("listZones")).status).toBe(200);
    expect((await call("listZones", {}, { algorithm: "sha256" })).status).toBe(200);
    expect((await call("listZones", {}, { method: "GET" })).status).toBe(200);
  });

  it("can be that of one product only", async () => {
    for (const [accepted, refused] of [
      ["sha1", "sha256"],
      ["sha256", "sha1"],
    ] as const) {
      const product = await startEmulator({ latency: "none", signatures: [accepted] });
      expect((await callerOf(product)("listZones", {}, { algorithm: accepted })).status).toBe(200);
      expect((await callerOf(product)("listZones", {}, { algorithm: refused })).status).toBe(401);
      await product.close();
    }
  });

  it("covers values that Java encodes differently, and map parameters", async () => {
    const name = "it's (a) ~tilde! *star* ümlaut 한국어 +plus";
    const answer = await call("createServiceOffering", {
      name,
      cpunumber: 1,
      cpuspeed: 500,
      memory: 512,
      "serviceofferingdetails[0].key": "A",
      "serviceofferingdetails[0].value": "B c",
    });
    expect(object(answer, "serviceoffering").name).toBe(name);
    expect(object(answer, "serviceoffering").serviceofferingdetails).toEqual({ A: "B c" });
  });

  it("refuses another algorithm, a wrong key, no key and no signature with the same 401 without a code", async () => {
    const wrongSecret = { apiKey: emulator.apiKey, secretKey: "wrong" };
    const answers = [
      await call("listZones", {}, { algorithm: "md5" }),
      await call("listZones", {}, { keys: wrongSecret }),
      await call("listZones", {}, { keys: { apiKey: "nobody", secretKey: "x" } }),
      await send(emulator.apiUrl, { command: "listZones", response: "json" }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.envelope).toBe("listzonesresponse");
      expect(answer.content).toEqual({ uuidList: [], errorcode: 401, errortext: unauthorized });
    }
  });

  it("refuses a request that was changed on the way", async () => {
    const params = { command: "listZones", response: "json", apikey: emulator.apiKey, name: "zone1" };
    const signature = sign(params, emulator.secretKey);
    expect((await send(emulator.apiUrl, { ...params, signature })).status).toBe(200);
    expect((await send(emulator.apiUrl, { ...params, name: "zone2", signature })).status).toBe(401);
  });

  it("refuses another spelling of the right signature, as the real server compares the texts", async () => {
    const params = { command: "listZones", response: "json", apikey: emulator.apiKey };
    const signature = sign(params, emulator.secretKey);
    expect(signature).toMatch(/=$/);
    expect((await send(emulator.apiUrl, { ...params, signature })).status).toBe(200);
    expect((await send(emulator.apiUrl, { ...params, signature: signature.replace("=", "") })).status).toBe(401);
  });

  it("checks the expiry of signature version 3 in both notations of the offset", async () => {
    const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
    const signed = (expires: string) => call("listZones", { signatureversion: 3, expires });
    expect((await signed(at(60))).status).toBe(200);
    expect((await signed(`${at(60).slice(0, 19)}+0000`)).status).toBe(200);
    expect((await signed(at(-60))).status).toBe(401);
    expect((await signed("soon")).status).toBe(401);
    expect((await call("listZones", { signatureversion: 3 })).status).toBe(401);
  });
});

describe("parameters", () => {
  const refusal = async (command: string, params: Record<string, string | number>) => {
    const { status, content } = await call(command, params);
    return { status, code: content.cserrorcode, text: content.errortext };
  };

  it("names the first missing one", async () => {
    expect(await refusal("createAccount", { username: "u" })).toEqual({
      status: 431,
      code: 9999,
      text: "Unable to execute API command createaccount due to missing parameter email",
    });
  });

  it("refuses required ones that are empty, numbers that are none, texts that are too long", async () => {
    expect((await refusal("createDomain", { name: "" })).text).toBe("Invalid value provided for API arg: name");
    expect((await refusal("listZones", { page: "x", pagesize: 1 })).text).toBe(
      "Unable to execute API command listzones due to invalid value x for parameter page",
    );
    expect((await refusal("createDomain", { name: "n".repeat(256) })).text).toContain(
      "Value greater than max allowed length 255 for param: name",
    );
  });

  it("refuses control characters, tabs among them, but not line breaks", async () => {
    expect((await refusal("listZones", { name: "a\tb" })).text).toContain("illegal ASCII non-printable characters");
    expect((await call("listZones", { name: "a\nb" })).status).toBe(200);
  });

  it("refuses a map in the wrong form with 430", async () => {
    const answer = await refusal("createTags", { resourceids: "x", resourcetype: "UserVm", tags: "a=b" });
    expect(answer.status).toBe(430);
    expect(answer.text).toContain("Unable to decode parameter tags; if specifying an object array");
  });

  it("ignores the case of names, not of map keys, and takes internal ids where the real server does", async () => {
    expect((await call("listZones", { NAME: "zone1" })).content.count).toBe(1);
    expect((await call("listZones", { id: 1 })).content.count).toBe(1);
  });

  it("in strict mode says which parameter is unknown and which is only not implemented", async () => {
    const unknown = await refusal("listZones", { nosuchparam: 1 });
    expect(unknown.status).toBe(431);
    expect(unknown.text).toContain("unknown parameter nosuchparam (the emulator is in strict mode");
    const known = await refusal("listZones", { showcapacities: "true" });
    expect(known.text).toContain("parameter showcapacities, which the emulator does not implement");
  });

  it("outside strict mode ignores them as a real server does", async () => {
    const lenient = await startEmulator({ latency: "none", strict: false });
    expect((await callerOf(lenient)("listZones", { nosuchparam: 1 })).content.count).toBe(1);
    await lenient.close();
  });
});

describe("answers", () => {
  it("are XML unless JSON is asked for", async () => {
    const answer = await call("listZones", { response: "xml" });
    expect(answer.headers.get("content-type")).toBe("text/xml; charset=UTF-8");
    expect(answer.text).toContain("<listzonesresponse");
    expect(answer.text).toContain("<count>1</count><zone><id>");
  });

  it("carry an error's text in a header too", async () => {
    const answer = await call("listZones", { pagesize: 1 });
    expect(answer.headers.get("x-description")).toBe('"page" parameter is required when "pagesize" is specified');
  });

  it("separate what no server knows, what this emulator lacks, and what a role forbids", async () => {
    expect((await call("noSuchCommand")).status).toBe(401);
    expect((await call("listzones")).status).toBe(401);
    const lacking = await call("createZone");
    expect([lacking.status, lacking.envelope]).toEqual([432, "errorresponse"]);
    expect(lacking.content.errortext).toContain("this emulator does not implement it");
  });

  it("page lists, count the whole, and leave everything out where nothing is found", async () => {
    const first = await call("listOsTypes", { page: 1, pagesize: 2 });
    const second = await call("listOsTypes", { page: 2, pagesize: 2 });
    expect(rows(first, "ostype")).toHaveLength(2);
    expect(rows(second, "ostype")[0]?.id).not.toBe(rows(first, "ostype")[0]?.id);
    expect((await call("listOsTypes", { page: 99, pagesize: 2 })).content).toEqual({ count: first.content.count });
    expect((await call("listZones", { name: "nowhere" })).content).toEqual({});
  });
});
