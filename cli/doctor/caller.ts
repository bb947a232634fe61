import type { Exam } from "./exam.ts";
import type { Row } from "./questions.ts";

/** The account that the keys belong to. */
export interface Caller {
  readonly account: string;
  readonly domainId: string;
  readonly domainPath: string;
  /** Display name of the role, and what kind it is: `Admin` for a root administrator's. */
  readonly role: string;
  readonly roleType: string;
  readonly roleId: string | undefined;
}

/** Undefined where the server does not say whose the keys are. @throws CloudStackError */
export async function callerOf({ cloud, link }: Exam): Promise<Caller | undefined> {
  const users = await cloud.rows("listUsers", { listall: true });
  const user = users.find(({ apikey }) => apikey === link.apiKey);
  if (user === undefined) return undefined;
  const path = pathOf(await domainsOf({ cloud }, String(user.domainid)));
  return {
    account: String(user.account),
    domainId: String(user.domainid),
    domainPath: path === "" ? String(user.domain) : path,
    role: String(user.rolename ?? user.roletype ?? "unknown"),
    roleType: String(user.roletype ?? ""),
    roleId: user.roleid === undefined ? undefined : String(user.roleid),
  };
}

/** The domain and those above it, up to the highest that the keys may see. @throws CloudStackError */
export async function domainsOf({ cloud }: Pick<Exam, "cloud">, id: string): Promise<Row[]> {
  const domains = new Map((await cloud.rows("listDomains", { listall: true })).map((row) => [row.id, row]));
  const chain: Row[] = [];
  for (let row = domains.get(id); row !== undefined; row = domains.get(row.parentdomainid)) chain.push(row);
  return chain;
}

function pathOf([lowest]: readonly Row[]): string {
  return lowest === undefined ? "" : String(lowest.path ?? lowest.name);
}
