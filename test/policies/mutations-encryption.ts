import { unknownValue } from "../../policies/core/sdk.ts";
import { stackType, types } from "../../policies/model/types.ts";
import { type Mutation, set, tag, write } from "./mutations-edits.ts";

const far = "https://mold.ai.internal:8443/client/api";
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI operators";

export const encryption: readonly Mutation[] = [
  {
    edit: "volumes without encryption",
    rule: "encryption-data-at-rest",
    overrides: { storage: { encryption: false } },
  },
  {
    edit: "A's data volume on a machine without LUKS",
    rule: "encryption-data-at-rest",
    change: set(types.instance, "ai-a-data-01", { userData: "#cloud-config\n" }),
  },
  {
    edit: "B's volumes with half of the key",
    rule: "encryption-cipher",
    change: write("ai-b-data-01", "--key-size 256", /--key-size 512/g),
  },
  {
    edit: "the key of A's volume in its user data",
    rule: "encryption-key-not-in-user-data",
    change: write("ai-a-data-01", "  - path: /run/strata/data.key\n    content: x"),
  },
  {
    edit: "two tenants, one Ceph user",
    rule: "encryption-key-per-tenant",
    change: set(types.storagePool, "tenant-b", { user: "client.tenant-a" }),
  },
  {
    edit: "two tenants, one Ceph key",
    rule: "encryption-key-per-tenant",
    change(platform) {
      const [theirs, mine] = ["tenant-a", "tenant-b"].map((name) => platform.get(types.storagePool, name));
      if (theirs === undefined || mine === undefined) return;
      mine.props.secretKey = theirs.props.secretKey;
      mine.dependencies.secretKey = theirs.dependencies.secretKey ?? [];
    },
  },
  {
    edit: "two tenants, one SSH key",
    rule: "encryption-key-per-tenant",
    change(platform) {
      platform.add(types.keyPair, "a", { name: "operators", account: "strata-tenant-a", publicKey });
      platform.add(types.keyPair, "b", { name: "operators", account: "strata-tenant-b", publicKey });
    },
  },
  {
    edit: "two tenants, one data key",
    rule: "encryption-data-keys",
    change(platform) {
      platform.remove(types.randomBytes, "tenant-b-data-key");
      const { dataKeys } = platform.get(stackType, "strata-test").props as { dataKeys: Record<string, unknown> };
      dataKeys["tenant-b"] = dataKeys["tenant-a"];
    },
  },
  {
    edit: "two tenants, one data key, and another that nobody uses",
    rule: "encryption-data-keys",
    isOpenInPreview: true,
    change(platform) {
      const { dataKeys } = platform.get(stackType, "strata-test").props as { dataKeys: Record<string, unknown> };
      dataKeys["tenant-b"] = dataKeys["tenant-a"];
    },
  },
  {
    edit: "a data key of eight bytes",
    rule: "encryption-data-keys",
    change(platform) {
      platform.get(types.randomBytes, "tenant-a-data-key").props.length = 8;
      const { dataKeys } = platform.get(stackType, "strata-test").props as { dataKeys: Record<string, unknown> };
      if (!platform.isPreview) dataKeys["tenant-a"] = Buffer.alloc(8, "short").toString("base64");
    },
  },
  {
    edit: "a gateway speaks TLS 1.2",
    rule: "encryption-tls-version",
    change: write("ai-gateway-01", "ssl_protocols TLSv1.2 TLSv1.3;", /ssl_protocols TLSv1\.3;/g),
  },
  {
    edit: "the gate speaks TLS 1.2",
    rule: "encryption-tls-version",
    change: write("dqg-validator-01", "ssl_protocols TLSv1.2 TLSv1.3;", /ssl_protocols TLSv1\.3;/g),
  },
  {
    edit: "the API speaks whatever TLS is the default",
    rule: "encryption-tls-version",
    program: "tagging",
    change: write("dev-svc-api-01", "", /ssl_protocols TLSv1\.3;/g),
  },
  {
    edit: "the gate speaks plain HTTP on 443",
    rule: "encryption-tls-version",
    change: write("dqg-validator-01", "listen 443;", /listen 443 ssl;/g),
  },
  {
    edit: "a gateway speaks plain HTTP on 443",
    rule: "encryption-tls-version",
    change: write("ai-gateway-01", "listen 443;", /listen 443 ssl[^;]*;/g),
  },
  {
    edit: "the edge passes on to 8080",
    rule: "encryption-tls-termination",
    change: set(types.loadBalancer, "service-edge", { privatePort: 8080 }),
  },
  {
    edit: "TLS ends at the virtual router",
    rule: "encryption-tls-termination",
    program: "tagging",
    change: set(types.loadBalancer, "service-edge", { protocol: "ssl" }),
  },
  {
    edit: "a password among the outputs",
    rule: "encryption-plain-outputs",
    change: set(stackType, "strata-test", { adminPassword: "correct-horse" }),
  },
  {
    edit: "B's data key, unwrapped, in a tag of A's machine",
    rule: "encryption-plain-copies",
    isOpenInPreview: true,
    change(platform) {
      const key = platform.get(types.randomBytes, "tenant-b-data-key");
      // An output, which is told at the end.
      key.props.base64 = platform.isPreview ? unknownValue : Buffer.alloc(64, "B").toString("base64");
      key.secrets = new Set(["/base64"]);
      tag(types.instance, "ai-a-data-01", { note: String(key.props.base64) })(platform);
      platform.get(types.instance, "ai-a-data-01").dependencies.tags = [key.urn];
    },
  },
  {
    edit: "departments' tokens exported in plain text",
    rule: "encryption-plain-outputs",
    program: "tagging",
    isOpenInPreview: true,
    change(platform) {
      const stack = platform.get(stackType, "strata-test");
      stack.secrets = new Set();
    },
  },
  {
    edit: "Mold's certificate is not verified",
    rule: "encryption-verify-tls",
    change: set(types.cloudstackProvider, "default", { apiUrl: far, verifyTls: "false" }),
  },
  {
    edit: "Ceph's certificate is not verified",
    rule: "encryption-verify-tls",
    change: set(types.cephProvider, "default", { verifyTls: "false" }),
  },
  {
    edit: "Mold by plain HTTP",
    rule: "encryption-api-in-transit",
    change: set(types.cloudstackProvider, "default", { apiUrl: "http://mold.ai.internal:8080/client/api" }),
  },
];
