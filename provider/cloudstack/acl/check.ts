/** What the server would refuse of a list's rules, told before anything is sent. Unknown parts are not judged. */
import { type Issue, join } from "../../core/errors.ts";
import { isList, isObject, type Plain } from "../../core/values.ts";

export function checkRules(rules: Plain | undefined): Issue[] {
  if (rules === undefined || !isList(rules)) return [];
  return rules.flatMap((rule, index) => (isObject(rule) ? checkRule(rule, join("rules", index)) : []));
}

function checkRule(rule: { readonly [key: string]: unknown }, path: string): Issue[] {
  const { protocol, startPort, endPort } = rule;
  const issue = (name: string, reason: string): Issue => ({ path: join(path, name), reason });
  if (typeof protocol !== "string") return [];
  const issues: Issue[] = [];
  if (!/^(tcp|udp|icmp|all|\d{1,3})$/i.test(protocol) || Number(protocol) > 255) {
    issues.push(issue("protocol", `"${protocol}": is none of tcp, udp, icmp, all and the numbers 0 to 255`));
  }
  const hasPorts = /^(tcp|udp|6|17)$/i.test(protocol);
  const isIcmp = /^(icmp|1)$/i.test(protocol);
  for (const name of ["startPort", "endPort"]) {
    if (!hasPorts && rule[name] !== undefined) issues.push(issue(name, `only tcp and udp have ports, not ${protocol}`));
  }
  for (const name of ["icmpType", "icmpCode"]) {
    if (!isIcmp && rule[name] !== undefined) issues.push(issue(name, `only icmp has it, not ${protocol}`));
  }
  if (endPort !== undefined && startPort === undefined)
    issues.push(issue("startPort", "is required together with endPort"));
  if (typeof startPort === "number" && typeof endPort === "number" && startPort > endPort) {
    issues.push(issue("endPort", `${endPort}: is less than startPort, ${startPort}`));
  }
  return issues;
}
