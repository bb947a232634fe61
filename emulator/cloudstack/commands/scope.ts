import { fail, invalid } from "../models/errors.ts";
import { type Account, accountTypes, type Domain } from "../models/identity.ts";
import type { Tables } from "../models/tables.ts";
import type { Caller } from "./command.ts";

interface OwnerArguments {
  readonly account?: string | undefined;
  readonly domainid?: Domain | undefined;
}

interface ScopeArguments extends OwnerArguments {
  readonly listall?: boolean | undefined;
  readonly isrecursive?: boolean | undefined;
  /** Present when the list asks for one thing: admins then see every owner. */
  readonly id?: unknown;
}

interface ScopedCall<A> {
  readonly tables: Tables;
  readonly caller: Caller;
  readonly args: A;
}

/** The account ids whose things a list shows (`AccountManagerImpl.buildACLSearchParameters`). */
export interface VisibleAccounts {
  has(accountId: number): boolean;
}

/** Whose things this list call shows. @throws {ApiError} for a domain or account that the caller may not see. */
export function visibleAccounts(call: ScopedCall<ScopeArguments>): VisibleAccounts {
  const { tables, caller, args } = call;
  if (args.domainid) checkDomainAccess(caller, args.domainid);
  if (args.account !== undefined) return new Set([accountIn(call, args.account, args.domainid ?? caller.domain).id]);
  if (args.domainid) return inDomain(tables, args.domainid, args.isrecursive ?? args.listall ?? false);
  const isAdmin = caller.account.type !== accountTypes.user;
  const everything = args.listall === true || args.id !== undefined;
  if (isAdmin && everything) return inDomain(tables, caller.domain, true);
  if (isAdmin && args.isrecursive) return inDomain(tables, caller.domain, true);
  return new Set([caller.account.id]);
}

/** For whom a create call makes its thing (`AccountManagerImpl.finalizeOwner`). */
export function ownerOf(call: ScopedCall<OwnerArguments>): Account {
  const { caller, args } = call;
  if (args.account === undefined && args.domainid === undefined) return caller.account;
  if (args.account === undefined || args.domainid === undefined) {
    throw invalid("AccountName and domainId must be specified together");
  }
  if (caller.account.type === accountTypes.user) {
    if (args.account === caller.account.name && args.domainid.id === caller.domain.id) return caller.account;
    throw fail(
      "permission-denied",
      `Can't create/list resources for account ${args.account} in domain ${args.domainid.id}, permission denied`,
    );
  }
  checkDomainAccess(caller, args.domainid);
  const owner = activeAccount(call.tables, args.account, args.domainid);
  if (!owner) throw invalid(`Unable to find account ${args.account} in domain ${args.domainid.id}`);
  return owner;
}

/** @throws {ApiError} 531 when the caller may not act on things of this account. */
export function checkAccountAccess({ tables, caller }: Omit<ScopedCall<unknown>, "args">, accountId: number): void {
  if (caller.isRootAdmin || caller.account.id === accountId) return;
  const account = tables.accounts.need(accountId);
  const domain = tables.domains.need(account.domainId);
  if (caller.account.type !== accountTypes.user && domain.path.startsWith(caller.domain.path)) return;
  throw fail(
    "permission-denied",
    `${describeAccount(caller.account)} does not have permission to operate with resource`,
  );
}

/** @throws {ApiError} 531 when the domain is not the caller's own or below it. */
export function checkDomainAccess(caller: Caller, domain: Domain): void {
  const isAdmin = caller.account.type !== accountTypes.user;
  const own = domain.id === caller.domain.id;
  if (own || (isAdmin && domain.path.startsWith(caller.domain.path))) return;
  throw fail(
    "permission-denied",
    `${describeAccount(caller.account)} does not have permission to operate with provided domain`,
  );
}

/** The live account of this name in this domain. */
export function activeAccount(tables: Tables, name: string, domain: Domain): Account | undefined {
  return tables.accounts.where("domainId", domain.id).find((account) => account.name === name);
}

function accountIn({ tables, caller }: ScopedCall<ScopeArguments>, name: string, domain: Domain): Account {
  const account = activeAccount(tables, name, domain);
  if (!account) throw invalid(`could not find account ${name} in domain ${domain.uuid}`);
  checkAccountAccess({ tables, caller }, account.id);
  return account;
}

function inDomain(tables: Tables, domain: Domain, recursive: boolean): VisibleAccounts {
  const covers = (candidate: Domain) =>
    candidate.id === domain.id || (recursive && candidate.path.startsWith(domain.path));
  const known = new Map<number, boolean>();
  const isIn = (accountId: number) => {
    const account = tables.accounts.get(accountId);
    return account !== undefined && covers(tables.domains.need(account.domainId));
  };
  return {
    has(accountId) {
      let answer = known.get(accountId);
      if (answer === undefined) {
        answer = isIn(accountId);
        known.set(accountId, answer);
      }
      return answer;
    },
  };
}

function describeAccount(account: Account): string {
  return `Account ${JSON.stringify({ accountName: account.name, accountType: account.type, id: account.id, uuid: account.uuid })}`;
}
