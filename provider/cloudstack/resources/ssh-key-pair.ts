import { createHash } from "node:crypto";
import { text } from "../../core/fields.ts";
import { owner } from "../fields.ts";
import { remove } from "../regular.ts";
import { call, defineResource, rows } from "../resource.ts";

export const sshKeyPair = defineResource({
  token: "cloudstack:compute:SshKeyPair",
  doc: "The public half of an SSH key, put into instances that name it. The private half never comes near CloudStack.",
  deleteBeforeReplace: true,

  inputs: {
    name: text({ min: 1, onChange: "replace", doc: "Unique within the account; instances name the key by it." }),
    publicKey: text({
      min: 1,
      max: 5120,
      param: "publickey",
      from: false,
      onChange: "replace",
      rule: (key) => (fingerprintOf(key) === undefined ? "a public key reads `ssh-ed25519 AAAA… comment`" : undefined),
      doc: "The key in OpenSSH's one-line form; unique within the account.",
    }),
    ...owner,
  },
  outputs: {
    fingerprint: text({ doc: "MD5 fingerprint of the key." }),
  },

  preview: ({ publicKey }) => {
    const fingerprint = typeof publicKey === "string" ? fingerprintOf(publicKey) : undefined;
    return fingerprint === undefined ? {} : { fingerprint };
  },

  api: {
    create: call("registerSSHKeyPair", { answer: "keypair" }),
    read: rows("listSSHKeyPairs"),
  },

  // No room for a mark. Name and key are both unique in the account; a pair that no instance has yet is taken over.
  leftover: {
    isUsed: ({ api, signal }, { name, account, domainid }) => {
      const owner = { account: account?.toString(), domainid: domainid?.toString() };
      return api.any("listVirtualMachines", { keypair: String(name), ...owner }, { signal });
    },
    within: ({ account, domainId }) => ({ account, domainid: domainId }),
    isEqual: (row, { name, publicKey }) => row.name === name && row.fingerprint === fingerprintOf(publicKey),
  },

  /** A key pair is deleted by its name. */
  delete(context, id, { name, account, domainId }) {
    const params = { name: String(name), account: account?.toString(), domainid: domainId?.toString() };
    return remove(context, call("deleteSSHKeyPair"), params, { id, listing: rows("listSSHKeyPairs") });
  },
});

/** The fingerprint as CloudStack computes it; undefined if the text is no public key. */
function fingerprintOf(publicKey: string): string | undefined {
  const [kind = "", blob = ""] = publicKey.trim().split(/\s+/);
  if (!/^(ssh|ecdsa|sk-)[\w@.-]*$/.test(kind) || !/^[A-Za-z0-9+/]{20,}={0,3}$/.test(blob)) return undefined;
  const digest = createHash("md5").update(Buffer.from(blob, "base64")).digest("hex");
  return digest.match(/../g)?.join(":");
}
