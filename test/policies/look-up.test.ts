import { describe, expect, test } from "vitest";
import { readSettings } from "../../policies/core/settings.ts";
import { type Subject, subjectOf } from "../../policies/core/subject.ts";
import { World } from "../../policies/core/world.ts";
import { lifecycleOf, liveLookUp } from "../../policies/live/look-up.ts";
import { types } from "../../policies/model/types.ts";
import { Cloud } from "../support/cloud.ts";

describe("who uses a list of rules", () => {
  const settings = readSettings([], new Map()).pack;
  const network = "cloudstack:network:Network";
  const list = subjectOf({ type: "cloudstack:network:NetworkAclList", name: "l", props: { name: "l" } });
  const names = (users: readonly Subject[]) => users.map(({ name }) => name);

  test("is what stood before the run, and what the run has shown since; each once", async () => {
    const standing = subjectOf({ type: network, name: "live", props: { name: "n", aclId: "7" } });
    const users = { ids: new Set(["7"]), users: [standing] };
    const world = new World(settings, { find: async () => undefined, users: async () => users });
    expect(names(await world.users(list, network, "aclId"))).toEqual(["live"]);
    world.add(subjectOf({ type: network, name: "mine", props: { name: "n", aclId: "7" } }));
    world.add(subjectOf({ type: network, name: "other", props: { name: "o", aclId: "8" } }));
    world.add(subjectOf({ type: network, name: "new", props: { name: "p", aclId: "7" } }));
    expect(names(await world.users(list, network, "aclId"))).toEqual(["mine", "new"]);
  });

  test("is asked of the server once a run, however many lists and rules there are", async () => {
    const cloud = await Cloud.start();
    const lookUp = liveLookUp();
    const asker = (name: string) => {
      const { CLOUDSTACK_API_URL: apiUrl, CLOUDSTACK_API_KEY: apiKey, CLOUDSTACK_SECRET_KEY: secretKey } = cloud.env;
      return subjectOf({ type: list.type, name, props: { name }, provider: { apiUrl, apiKey, secretKey } });
    };
    await cloud.forgetCalls();
    for (const name of ["default_allow", "default_deny", "none"]) {
      expect((await lookUp.users(asker(name), network)).users).toEqual([]);
    }
    expect((await lookUp.users(asker("default_deny"), network)).ids.size).toBe(1);
    expect((await cloud.calls()).byCommand).toMatchObject({ listNetworkACLLists: 1, listNetworks: 1 });
    await cloud.close();
  });
});

test.each(Object.values(types).filter((type) => type.startsWith("cloudstack:")))(
  "the live API can be asked for %s",
  async (type) => {
    expect((await lifecycleOf(type)).token).toBe(type);
  },
);
