import type { Description } from "../../policies/core/subject.ts";
import { changed, cloud, landscape, list, machine, owned, thing, urn } from "./landscape.ts";
import { unknown } from "./rule-test.ts";

/** What somebody did, and the resource that the rule must name. */
export type Violation = [what: string, resources: Description[], named: string];

const more = (...resources: Description[]): Description[] => [...landscape(), ...resources];
const elsewhere = { ...cloud, apiUrl: "http://127.0.0.1:10/client/api" };
const role = (type: string, ...allowed: string[]) => {
  const permissions = allowed.map((rule) => ({ rule, permission: "allow" }));
  return more(thing("role", "r", { type, permissions }));
};
const setting = (name: string, value: string) => more(thing("setting", "s", { name, value }));
const offering = (props: Record<string, unknown>) => more(thing("networkOffering", "o", props));
const subvolume = (props: Record<string, unknown>) => changed({ "subvolume b": props });

/** Violations of rules on what networks and machines are made of and with: roles, accounts, offerings, keys, options. */
export const beside: Record<string, Violation[]> = {
  "role-rights": [
    ["everything", role("User", "*"), "r"],
    ["its own lists of rules", role("User", "list*", "*NetworkACL*"), "r"],
    ["an administrator's role", role("Admin", "list*"), "r"],
    ["what its kind may", role("DomainAdmin", "list*"), "r"],
  ],
  "account-home": [
    ["A's account in B's domain", changed({ "account a": { dependencies: { domainId: [urn("domain", "b")] } } }), "a"],
    ["a root administrator", changed({ "account a": { accountType: "root-admin" } }), "a"],
    [
      "by a role",
      changed(
        { "account a": { dependencies: { roleId: [urn("role", "root")] } } },
        thing("role", "root", { type: "Admin", permissions: [] }),
      ),
      "a",
    ],
    [
      "an administrator of B's own, by the platform's name",
      more(
        thing(
          "account",
          "admin",
          { accountType: "domain-admin", domainId: unknown },
          { domainId: [urn("domain", "b")] },
        ),
      ),
      "admin",
    ],
    [
      "a machine for that one",
      more({
        ...machine("spy", ["ai"], { account: "admin", domainId: unknown }),
        dependencies: { nics: [urn("network", "ai")], domainId: [urn("domain", "b")] },
      }),
      "spy",
    ],
    [
      "a domain below another tenant's",
      changed({ "domain b": { parentDomainId: unknown, dependencies: { parentDomainId: [urn("domain", "a")] } } }),
      "b",
    ],
  ],
  "network-offering": [
    ["any VLAN", offering({ guestIpType: "L2" }), "o"],
    [
      "tiers without a list",
      offering({ guestIpType: "Isolated", forVpc: true, specifyVlan: true, services: { Dhcp: "VpcVirtualRouter" } }),
      "o",
    ],
    ["shared networks", offering({ guestIpType: "Shared", specifyVlan: true, specifyIpRanges: true }), "o"],
  ],
  "one-key": [
    [
      "another key",
      more(...["one", "two"].map((apiKey) => thing("cloudstackProvider", apiKey, { ...elsewhere, apiKey }))),
      "two",
    ],
    [
      "another user of Ceph",
      more(
        ...["x", "y"].map((username) =>
          thing("cephProvider", username, { url: "http://127.0.0.1:9", username, password: "only for tests" }),
        ),
      ),
      "y",
    ],
  ],
  "server-settings": [
    ["the API without a log-in", setting("integration.api.port", "8096"), "s"],
    ["no roles", setting("dynamic.apichecker.enabled", "false"), "s"],
    ["raw definitions", setting("enable.additional.vm.configuration", "true"), "s"],
    ["hosts without a certificate", setting("ca.plugin.root.auth.strictness", "false"), "s"],
    ["passwords without end", setting("incorrect.login.attempts.allowed", "0"), "s"],
  ],
  "template-owner": [
    ["A's image for everybody", more(thing("template", "a-disk", { isPublic: true, ...owned("a") })), "a-disk"],
    [
      "B's machine from A's image",
      more(thing("template", "a-disk", owned("a")), machine("spy", ["b"], owned("b"), "a-disk")),
      "spy",
    ],
  ],
  subvolume: [
    ["in A's group", subvolume({ group: "tenant-a" }), "b"],
    ["in A's pool", subvolume({ poolLayout: "tenant-a-files" }), "b"],
    ["in everybody's namespace", subvolume({ namespaceIsolated: false }), "b"],
    ["open to writers", subvolume({ mode: "777" }), "b"],
  ],
  "untagged-storage": [
    ["a size", more(thing("serviceOffering", "any", {})), "any"],
    ["a disk", more(thing("diskOffering", "any", { customized: true })), "any"],
  ],
  "one-router": [
    ["a tenant's", more(thing("vpc", "mine", { cidr: "10.1.0.0/16", ...owned("a") })), "mine"],
    [
      "the same addresses",
      more(thing("vpc", "first", { cidr: "10.2.0.0/16" }), thing("vpc", "second", { cidr: "10.2.16.0/20" })),
      "second",
    ],
  ],
  "known-makers": [
    ["a command", more({ type: "command:local:Command", name: "c", props: { create: "curl" }, provider: {} }), "c"],
    ["a dynamic resource", more({ type: "pulumi-nodejs:dynamic:Resource", name: "d", props: {} }), "d"],
    ["another provider", more({ type: "pulumi:providers:terraform-provider", name: "t", props: {} }), "t"],
  ],
  "raw-devices": [
    ["a card", changed({ "instance a-train": { details: { "extraconfig-1": "<hostdev/>" } } }), "a-train"],
    ["in capitals", changed({ "instance train": { details: { ExtraConfig: "%3Cdisk%2F%3E" } } }), "train"],
  ],
  "resource-options": [
    ["rules that are not applied", more({ ...list("z", []), ignoreChanges: ["rules[0].cidrs"] }), "z"],
    ["everything is ignored", more({ ...thing("volume", "z", owned("a")), ignoreChanges: ["*"] }), "z"],
  ],
};
