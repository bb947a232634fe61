import { createHash } from "node:crypto";
import type { KeyPair } from "../models/credentials.ts";
import { invalid } from "../models/errors.ts";
import { type Call, type Command, type JsonObject, listing, success, sync } from "./command.ts";
import { fits, mentions } from "./filters.ts";
import { ownerFields } from "./owner-fields.ts";
import { listParameters, ownerParameters, ref, required, scopeParameters, text } from "./parameters.ts";
import { ownerOf, visibleAccounts } from "./scope.ts";

function render(pair: KeyPair, { tables }: Call): JsonObject {
  return {
    id: pair.uuid,
    name: pair.name,
    ...ownerFields(tables, pair),
    fingerprint: pair.fingerprint,
    hasannotations: false,
  };
}

/** MD5 of the key's bytes, in pairs, as `SSHKeysHelper` shows it. @throws {ApiError} 431 when it is no public key */
function fingerprintOf(publicKey: string): string {
  const [type = "", body = ""] = publicKey.trim().split(/\s+/);
  if (!/^(ssh-|ecdsa-|sk-)/.test(type) || body === "") throw invalid("Public key is invalid");
  const digest = createHash("md5").update(Buffer.from(body, "base64")).digest("hex");
  return digest.match(/../g)?.join(":") ?? "";
}

const registerSSHKeyPair = sync({
  name: "registerSSHKeyPair",
  audience: "user",
  parameters: { ...ownerParameters, name: required(text), publickey: required(text) },
  reply: "keypair",
  run(call) {
    const { tables, args } = call;
    const owner = ownerOf(call);
    const own = tables.keyPairs.where("accountId", owner.id);
    if (own.some((pair) => pair.name === args.name))
      throw invalid(`A key pair with name '${args.name}' already exists for this account.`);
    const fingerprint = fingerprintOf(args.publickey);
    if (own.some((pair) => pair.fingerprint === fingerprint)) {
      throw invalid(`A key pair with key '${args.publickey}' already exists for this account.`);
    }
    const pair = tables.keyPairs.insert({
      name: args.name,
      accountId: owner.id,
      domainId: owner.domainId,
      fingerprint,
      publicKey: args.publickey,
    });
    return render(pair, call);
  },
});

const deleteSSHKeyPair = sync({
  name: "deleteSSHKeyPair",
  audience: "user",
  parameters: { ...ownerParameters, name: required(text) },
  run(call) {
    const { tables, args } = call;
    const owner = ownerOf(call);
    const pair = tables.keyPairs.where("accountId", owner.id).find((one) => one.name === args.name);
    if (!pair) {
      throw invalid(
        `A key pair with name '${args.name}' does not exist for account ${owner.name} in specified domain id`,
      );
    }
    tables.keyPairs.remove(pair);
    return success;
  },
});

const listSSHKeyPairs = listing({
  name: "listSSHKeyPairs",
  audience: "user",
  parameters: { ...listParameters, ...scopeParameters, id: ref("keyPairs"), name: text, fingerprint: text },
  reply: "sshkeypair",
  rows(call) {
    const { tables, args } = call;
    const visible = visibleAccounts(call);
    return tables.keyPairs
      .only(args.id)
      .filter(
        (pair) =>
          visible.has(pair.accountId) &&
          fits(pair, { id: args.id?.id, name: args.name, fingerprint: args.fingerprint }) &&
          mentions(args.keyword, pair.name, pair.fingerprint),
      );
  },
  render,
});

export const keyPairCommands: readonly Command[] = [registerSSHKeyPair, deleteSSHKeyPair, listSSHKeyPairs];
