import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { signedBody } from "../../../provider/cloudstack/client/sign.ts";

const keys = { apiKey: "Key", secretKey: "Secret" };
const now = Date.parse("2026-11-21T06:29:28.123Z");

test("the signed text is sorted by raw name, encoded as Java does, lower-cased, and expires in ten minutes", () => {
  const body = new URLSearchParams(
    signedBody({ command: "listZones", "tags[0].key": "a b!~'()*", Name: "Ü" }, keys, "sha1", now),
  );
  const text =
    "name=%c3%9c&apikey=key&command=listzones&expires=2026-11-21t06%3a39%3a28%2b0000&response=json&signatureversion=3&tags[0].key=a%20b%21%7e%27%28%29*";
  expect(body.get("signature")).toBe(createHmac("sha1", "Secret").update(text).digest("base64"));
  expect(body.get("tags[0].key")).toBe("a b!~'()*");
});

test("Mold's signature differs from CloudStack's", () => {
  const signature = (algorithm: "sha1" | "sha256") =>
    new URLSearchParams(signedBody({ command: "listZones" }, keys, algorithm, now)).get("signature");
  expect(signature("sha256")).not.toBe(signature("sha1"));
});
