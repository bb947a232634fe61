import type { Text } from "../../../policies/core/text.ts";
import { quoted } from "../../../provider/core/shell.ts";
import type { Row } from "../../doctor/questions.ts";
import type { Check, CheckFinding } from "../estate.ts";
import type { Severity } from "../finding.ts";
import { type Kept, recordsOf, textOf } from "../state.ts";

/** Buckets of the stack's users that let others in, by access list or policy, or belong to somebody else by now. */
export const openBuckets: Check = {
  id: "live-open-bucket",
  title: { en: "Buckets let in their owner only", ko: "버킷은 소유자만 접근 가능" },
  requirements: ["P1.3", "T5"],
  ofCeph: true,
  async ask({ state, ceph }) {
    const declared = new Map(state.ofType("ceph:rgw:RgwBucket").map((bucket) => [bucket.id, bucket]));
    const owners = new Map(state.ofType("ceph:rgw:RgwUser").map((user) => [user.id, user]));
    // A gateway is not asked for what nobody has in it: there may be none.
    if (ceph === undefined || declared.size + owners.size === 0) return [];
    const listed = await ceph.rows("rgw/bucket", { version: "1.1", query: { stats: "true" } });
    const ours = listed.flatMap((row) => {
      const kept = declared.get(textOf(row.bid)) ?? owners.get(textOf(row.owner));
      return kept === undefined ? [] : [{ bid: textOf(row.bid), kept }];
    });
    const asked = ours.map(async ({ bid, kept }) => {
      return findingsOf(await ceph.object("rgw/bucket/{bucket}", { path: { bucket: bid } }), bid, kept);
    });
    return (await Promise.all(asked)).flat();
  },
};

function findingsOf(row: Row, bid: string, kept: Kept): CheckFinding[] {
  const owner = textOf(row.owner);
  const about = { kind: "bucket" as const, id: bid, name: bid, layer: kept.layer };
  const expected = kept.type === "ceph:rgw:RgwBucket" ? textOf(kept.inputs.owner) : owner;
  const moved: CheckFinding = {
    ...about,
    severity: "critical",
    message: {
      en: `${bid} belongs to ${owner}, by the state to ${expected}`,
      ko: `${bid}의 소유자는 ${owner}이나 상태에는 ${expected}`,
    },
    remedy: { en: "pulumi up gives it back", ko: "pulumi up으로 소유자 복구" },
  };
  const guests = guestsOf(row, owner);
  const place = quoted(`s3://${textOf(row.bucket)}`);
  const open = guests.map(({ who, by, severity }): CheckFinding => {
    return {
      ...about,
      severity,
      message: { en: `${bid} lets in ${who.en} (${by})`, ko: `${bid}에 ${who.ko} 접근 가능 (${by})` },
      remedy:
        by === "ACL"
          ? {
              en: `Make it private: s3cmd setacl --acl-private ${place}`,
              ko: `비공개로 전환: s3cmd setacl --acl-private ${place}`,
            }
          : {
              en: `Take the policy away: s3cmd delpolicy ${place}`,
              ko: `정책 삭제: s3cmd delpolicy ${place}`,
            },
    };
  });
  return owner === expected ? open : [moved, ...open];
}

interface Guest {
  readonly who: Text;
  readonly by: "ACL" | "policy";
  readonly severity: Severity;
}

const everybody: Text = { en: "everybody", ko: "누구나" };
const everyUser: Text = { en: "every user of the gateway", ko: "게이트웨이의 모든 사용자가" };
const user = (name: string): Text => ({ en: name, ko: `${name}이(가)` });

/** Who is let in besides the owner. */
function guestsOf({ acl, bucket_policy: policy }: Row, owner: string): Guest[] {
  return [
    ...grantees(textOf(acl), owner).map((who): Guest => ({ who, by: "ACL", severity: severityOf(who) })),
    ...principals(textOf(policy), owner).map((who): Guest => ({ who, by: "policy", severity: severityOf(who) })),
  ];
}

function severityOf(who: Text): Severity {
  return who === everybody || who === everyUser ? "critical" : "high";
}

/** @param acl the gateway's XML */
function grantees(acl: string, owner: string): Text[] {
  const found = [...acl.matchAll(/<Grantee\b[^>]*>(.*?)<\/Grantee>/gs)].flatMap(([, grantee = ""]) => {
    if (/groups\/global\/AllUsers\b/.test(grantee)) return [everybody];
    if (/groups\/global\/AuthenticatedUsers\b/.test(grantee)) return [everyUser];
    const id = /<ID>(.*?)<\/ID>/s.exec(grantee)?.[1] ?? "";
    return id === "" || id === owner ? [] : [user(id)];
  });
  return distinct(found);
}

/** @param policy JSON in the language of S3; one that cannot be read is taken for open to everybody */
function principals(policy: string, owner: string): Text[] {
  if (policy === "") return [];
  const found = allowedBy(policy).flatMap((name) => {
    if (name === "*") return [everybody];
    const [, tenant = "", uid = ""] = /^arn:aws:iam::([^:]*):user\/(.+)$/.exec(name) ?? [];
    const full = tenant === "" ? uid : `${tenant}$${uid}`;
    return full !== "" && full === owner ? [] : [user(name)];
  });
  return distinct(found);
}

function allowedBy(policy: string): string[] {
  let read: unknown;
  try {
    read = JSON.parse(policy);
  } catch {
    return ["*"];
  }
  const statements = recordsOf([(read as { Statement?: unknown } | null)?.Statement].flat());
  return statements.flatMap(({ Effect, Principal }) => {
    if (Effect !== "Allow") return [];
    const named = typeof Principal === "object" && Principal !== null ? Object.values(Principal) : [Principal];
    return named.flat().map(String);
  });
}

function distinct(texts: readonly Text[]): Text[] {
  return [...new Map(texts.map((text) => [text.en, text])).values()];
}
