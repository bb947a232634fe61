import { setTimeout as sleep } from "node:timers/promises";
import { runtime } from "@pulumi/pulumi";
import { loadProfile } from "../../src/config/profile.ts";
import { type Plan, planProfile } from "../../src/plan/plan.ts";

/** A resource as the program registered it. Parents are not told to mocks: the tests with the real engine see them. */
export interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/** What CloudStack has and Mold has not, as `getApis` tells it. */
const gpuApi: Record<string, string[]> = { createServiceOffering: ["vgpuprofileid"] };

/**
 * Runs a part of the program without an engine and gives everything that it registered, once all of it is there.
 * @param parameters What `getApis` tells of the server.
 * @param slow Name of a resource that is there later than it could be.
 */
export async function record(
  overrides: unknown,
  program: (plan: Plan) => Promise<void>,
  parameters = gpuApi,
  slow?: string,
): Promise<Registered[]> {
  const registered: Registered[] = [];
  await runtime.setMocks({
    async newResource({ type, name, inputs }) {
      if (name === slow) await quiet(registered);
      registered.push({ type, name, inputs });
      return {
        id: `${name} (id)`,
        state: { ...inputs, accountName: inputs.name, ipAddress: "192.0.2.1", result: "secret" },
      };
    },
    call: ({ token }) => ({ id: `${token} (id)`, parameters }),
  });
  await program(planProfile(loadProfile({ profile: "demo-cpu", overrides })));
  await runtime.disconnect();
  return registered;
}

/** Resolves when nothing more is registered for a while: by turns of the event loop, as on a busy machine time alone says nothing. */
async function quiet(registered: readonly Registered[]): Promise<void> {
  for (let before = -1, turns = 0; turns < 20; turns = registered.length === before ? turns + 1 : 0) {
    before = registered.length;
    await sleep(5);
  }
}

export function ofType(registered: readonly Registered[], type: string): Registered[] {
  return registered.filter((resource) => resource.type === type);
}
