import { expect, test } from "vitest";
import { lookUp, lookUpAll } from "../../src/parts/look-up.ts";

const refused = (what: string) => Promise.reject(new Error(`invocation of a:b:c returned an error: no ${what}`));
const at = (key: string) => ({ path: `infrastructure.${key}`, value: key });

test("everything that the profile names and the server does not have is told at once", async () => {
  const asked = lookUpAll([
    lookUp(refused("template"), at("template")),
    lookUp(Promise.resolve(1)),
    lookUp(refused("offering"), at("vpcOffering")),
  ]);
  await expect(asked).rejects.toThrow(
    /2 mistakes:\s+1\. infrastructure\.template = "template"\s+rule: no template\s+remedy: .*\s+2\. infrastructure\.vpcOffering = "vpcOffering"\s+rule: no offering/,
  );
  // Printed by Pulumi without a stack trace.
  await expect(asked).rejects.toMatchObject({ __pulumiRunError: true });
});

test("further lines of the provider's words stand under the first", async () => {
  const asked = lookUp(refused("zone\n  → there are: zone1"), at("zone"));
  await expect(asked).rejects.toThrow("     rule: no zone\n       → there are: zone1\n     remedy: ");
});

test("a failure that is not the profile's goes before what is not there", async () => {
  const asked = lookUpAll([lookUp(refused("template"), at("template")), lookUp(refused("connection"))]);
  await expect(asked).rejects.toThrow(/^no connection$/);
});

test("what is there comes in the order in which it was asked for", async () => {
  expect(await lookUpAll([lookUp(Promise.resolve(1)), lookUp(Promise.resolve("two"))])).toEqual([1, "two"]);
});
