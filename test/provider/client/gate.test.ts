import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { eventually } from "../../support/processes.ts";
import { answer, scriptedServer } from "./scripted-server.ts";

type Nic = { networkid: string };

/** Networks t1 and t2 are tiers of VPC v, l2 is a layer 2 network; the router has these NICs. */
function cloud(routerNics: Nic[] | undefined) {
  const network = [
    { id: "t1", type: "Isolated", vpcid: "v" },
    { id: "t2", type: "Isolated", vpcid: "v" },
    { id: "l2", type: "L2" },
  ];
  return scriptedServer(({ command }) => {
    if (command === "listNetworks") return answer(command, { count: 3, network });
    return answer(command, routerNics ? { count: 1, router: [{ id: "r", state: "Running", nic: routerNics }] } : {});
  });
}

/**
 * Starts instances on the given networks through one gate; returns, for each, how many others of any kind ran beside it. Each
 * runs for a while, and until as many as `awaited` ran beside it: on a busy machine they come late.
 */
async function startAll(gate: { pass: Gate["pass"] }, instances: string[][], awaited: number[] = []) {
  const running = new Set<number>();
  const beside = instances.map(() => 0);
  await Promise.all(
    instances.map((networks, i) =>
      gate.pass(networks, async () => {
        running.add(i);
        for (const one of running) beside[one] = Math.max(beside[one] ?? 0, running.size - 1);
        await sleep(25);
        await eventually(`${awaited[i]} run beside ${i}`, () => (beside[i] ?? 0) >= (awaited[i] ?? 0));
        running.delete(i);
      }),
    ),
  );
  return beside;
}
type Gate = import("../../../provider/cloudstack/client/gate.ts").Gate;

test("the first instance of a tier starts alone, the others together after it", async () => {
  await using server = await cloud([]);
  const { gate } = server.client();
  const awaited = [0, 1, 1];
  expect(await startAll(gate, [["t1"], ["t1"], ["t1"]], awaited)).toEqual(awaited);
});

test("tiers do not wait for each other once the VPC's router runs", async () => {
  await using server = await cloud([]);
  expect(await startAll(server.client().gate, [["t1"], ["t2"]], [1, 1])).toEqual([1, 1]);
});

test("without a running VPC router the first instance of the VPC starts alone", async () => {
  await using server = await cloud(undefined);
  expect(await startAll(server.client().gate, [["t1"], ["t2"]])).toEqual([0, 0]);
});

test("a tier whose router is there already is open at once", async () => {
  await using server = await cloud([{ networkid: "t1" }]);
  expect(await startAll(server.client().gate, [["t1"], ["t1"]], [1, 1])).toEqual([1, 1]);
});

test("layer 2 networks need no gate, and no question to the server about routers", async () => {
  await using server = await cloud([]);
  expect(await startAll(server.client().gate, [["l2"], ["l2"]], [1, 1])).toEqual([1, 1]);
  expect(server.count("listRouters")).toBe(0);
});

test("when the first one fails, the next takes its place, and the failure is its own", async () => {
  await using server = await cloud([]);
  const { gate } = server.client();
  const order: string[] = [];
  const first = gate.pass(["t1"], async () => {
    await sleep(10);
    order.push("first");
    throw new Error("no capacity");
  });
  const others = ["second", "third"].map((name) => gate.pass(["t1"], async () => order.push(name)));
  await expect(first).rejects.toThrow("no capacity");
  await Promise.all(others);
  expect(order).toEqual(["first", "second", "third"]);
});

test("at a new tier an instance with several legs goes first, though one with one leg came before it", async () => {
  await using server = await cloud([]);
  const { gate } = server.client();
  for (const id of ["t1", "t2"]) gate.networkCreated({ id, type: "Isolated", vpcid: "v" });
  const order: string[] = [];
  const single = gate.pass(["t1"], async () => order.push("single"));
  await sleep(10);
  await Promise.all([single, gate.pass(["t1", "t2"], async () => order.push("several"))]);
  expect(order).toEqual(["several", "single"]);
});

test("instances with legs in the same tiers, named in any order, never block each other", async () => {
  await using server = await cloud([]);
  const legs = [["t1", "t2"], ["t2", "t1"], ["t2"], ["t1"], ["t2", "l2", "t1"]];
  const beside = await startAll(server.client().gate, legs);
  expect(beside).toHaveLength(legs.length);
});

test("a cancelled instance stops waiting", async () => {
  await using server = await cloud([]);
  const { gate } = server.client();
  const first = gate.pass(["t1"], () => sleep(100));
  const waiting = gate.pass(["t1"], async () => "started", AbortSignal.timeout(20));
  await expect(waiting).rejects.toThrow();
  await first;
});
