/** Every refusal of the recorded server has a remedy, or says itself what is wrong with which value. */
import { expect, test } from "vitest";
import { type ErrorKind, kindOf } from "../../../provider/cloudstack/client/errors.ts";
import { hintFor } from "../../../provider/cloudstack/client/hints.ts";
import { recordings } from "../../parity/recording.ts";

interface Refusal {
  readonly code: number;
  readonly text: string;
}

/** All error texts of the recordings, of answers and of jobs. */
function refusals(): Refusal[] {
  const found = new Map<string, Refusal>();
  const look = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const { errortext: text, errorcode: code } = value as Record<string, unknown>;
    if (typeof text === "string") found.set(text, { code: Number(code), text });
    Object.values(value).forEach(look);
  };
  recordings().forEach(({ calls }) => {
    calls.forEach(look);
  });
  return [...found.values()];
}

/** Texts that name the value, and what is wrong with it: nothing is left to add. */
const plainSpoken = [
  /missing parameter|invalid value|valid resource type|parameter is required|page size/i,
  /already exists|already on |already running/,
  /Start port can't be bigger/,
  /specify the cpu number value/,
  /invalid affinity group type/,
  /While the VM is running/,
  /Please specify a volume|requires a custom size|would shrink the volume/,
  /Illegal host specified/,
  /doesn't exist|Unable to find (UUID|account)/,
  // Live migrations and GPU catalogues are nothing that a run of ours asks for in this way.
  /Unable to find suitable destination to migrate/,
  /Unable to expunge on DB/,
];

const hint = ({ code, text }: Refusal, korean: boolean) => hintFor({ kind: kindOf(code, text), text }, korean);

test("there are recorded refusals", () => {
  expect(refusals().length).toBeGreaterThan(50);
});

test.each(refusals())("$code $text", (refusal) => {
  if (hint(refusal, false) === undefined) expect(plainSpoken.filter((text) => text.test(refusal.text))).not.toEqual([]);
  else expect(hint(refusal, true)).toMatch(/[가-힣]/);
});

const remedies: [text: string, code: number, kind: ErrorKind, remedy: RegExp][] = [
  [
    "Network with vlan 60 already exists or overlaps with other network vlans",
    431,
    "conflict",
    /another VLAN id.*doctor.*without the new tenant first/,
  ],
  [
    "Network cidr 10.0.1.128/25 crosses other network cidr Network",
    431,
    "invalid",
    /no other tier of the VPC.*without the new tenant first/,
  ],
  ["Network cidr 10.99.1.0/24 is not within vpc VPC {} cidr", 431, "invalid", /inside the VPC's cidr/],
  [
    "Can't delete network offering NetworkOffering {} as its used by 1 networks. To make",
    431,
    "in-use",
    /listNetworks networkofferingid/,
  ],
  ["Can't delete VPC VPC {} as its used by 4 networks", 431, "in-use", /tiers first/],
  ["ACL is still associated with 1 tier(s). Cannot delete network ACL: x", 530, "in-use", /another ACL list/],
  ["Can't delete the domain yet because it has 1 non-removed networks", 530, "in-use", /listNetworks domainid/],
  ["Can't delete the domain yet because it has 1 accounts to cleanup", 530, "in-use", /still cleaning up/],
  ["Found accounts that have role in use, won't allow to delete role", 531, "in-use", /another \(roleId\)/],
  ["Unable to use network with id= x, permission denied", 531, "forbidden", /role or account may not/],
  [
    "Hypervisor passed to the deployVm call, is different from the hypervisor type of the template",
    431,
    "invalid",
    /Leave `hypervisor` out/,
  ],
];

test.each(remedies)("%s", (text, code, kind, remedy) => {
  expect(kindOf(code, text)).toBe(kind);
  expect(hintFor({ kind, text }, false)).toMatch(remedy);
});
