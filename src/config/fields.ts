import { z } from "zod";
import { mibOfGib, parseGib } from "../kit/units.ts";
import { parseAddress, parseCidr } from "../plan/cidr.ts";

/** Leaf schemas of the profile. Each carries its rule once: it is the error's text and the editor's hint. */

/** A whole number within bounds. */
export function whole(rule: string, min: number, max: number): z.ZodNumber {
  return z.int(rule).min(min, rule).max(max, rule).describe(rule);
}

/** Text of a form. */
export function text(rule: string, form: RegExp = /^\S(.*\S)?$/): z.ZodString {
  // What is asked of the text beyond its form, is asked of a text in that form.
  return z.string(rule).regex(form, { error: rule, abort: true }).describe(rule);
}

/** Text that a parser turns into something better, or refuses. */
function parsed<T>(rule: string, form: RegExp, parse: (text: string) => T | undefined) {
  return text(rule, form).transform((value, context) => {
    const result = parse(value);
    if (result !== undefined) return result;
    context.addIssue({ code: "custom", message: rule });
    return z.NEVER;
  });
}

/** GiB. */
export const size = parsed(
  'a size above zero with its unit GiB or TiB, e.g. "64 GiB"',
  /^\d+(\.\d+)? (GiB|TiB)$/,
  parseGib,
);

/** GiB of a machine's memory, which CloudStack counts in whole MiB. */
export const memorySize = size.refine((gib) => Number.isInteger(mibOfGib(gib)), {
  error: 'memory is a whole number of MiB, e.g. "4 GiB" or "1.5 GiB"',
});

/** GiB of which CloudStack takes whole ones only. */
export const diskSize = size.refine(Number.isInteger, 'a disk has a whole number of GiB, e.g. "20 GiB"');

export const cidr = parsed(
  "an IPv4 network whose host bits are zero, e.g. 10.0.5.0/25",
  /^[\d.]+\/\d{1,2}$/,
  parseCidr,
);

export const address = parsed("an IPv4 address, e.g. 10.0.5.130", /^[\d.]+$/, parseAddress);

export const vlan = whole("a VLAN id is a whole number from 1 to 4094", 1, 4094);

/** First and last id. */
export const vlanRange = parsed('a range of VLAN ids, e.g. "500-1000"', /^\d+-\d+$/, (value) => {
  const [first = 0, last = 0] = value.split("-").map(Number);
  return first >= 1 && first <= last && last <= 4094 ? { first, last } : undefined;
});

const noTenantWord = "none of its words is tenant, after which names say whose a thing is";

/** What a thing is called within the profile; goes into names, so it is short and plain. */
export const key = text(
  "a key is a lower-case letter, then up to 15 lower-case letters, digits or hyphens, and ends in no hyphen",
  /^(?=.{1,16}$)[a-z]([a-z0-9-]*[a-z0-9])?$/,
);

/**
 * Key of a thing of the platform's own that a tenant has, too, under the tenant's name: a zone `tenant-a` would be one with that
 * of tenant a, rules and all.
 */
export const platformKey = text(
  `a key is a lower-case letter, then up to 15 lower-case letters, digits or hyphens, and ends in no hyphen; ${noTenantWord}`,
  /^(?!(.*-)?tenant(-|$))(?=.{1,16}$)[a-z]([a-z0-9-]*[a-z0-9])?$/,
);

/**
 * A tenant's key. Whose a thing is, the policy pack and the audit read from names such as `tenant-a-ai-data`, where a
 * hyphen ends the key: those of two tenants `suwon-a` and `suwon-b` would be one tenant's.
 */
export const tenantKey = text(
  "a tenant's key is a lower-case letter, then up to 15 lower-case letters or digits; a hyphen would end it in names such as tenant-a-ai-data",
  /^[a-z][a-z0-9]{0,15}$/,
);

/** Name of a pool of the platform's own. */
export const poolName = text(
  `1 to 63 lower-case letters, digits and hyphens, beginning with a letter and ending in no hyphen; ${noTenantWord}`,
  /^(?!(.*-)?tenant(-|$))(?=.{1,63}$)[a-z]([a-z0-9-]*[a-z0-9])?$/,
);

/** The first part of names; how long the whole may be depends on the kind of thing. */
export const prefix = text(
  `lower-case letters, digits and hyphens, beginning with a letter and ending in no hyphen; ${noTenantWord}`,
  /^(?!(.*-)?tenant(-|$))[a-z]([a-z0-9-]*[a-z0-9])?$/,
);

/** Slurm takes a node `default` for the defaults of the others, and `all` for all of them (slurm.conf). */
export const hostName = text(
  "a host name is 1 to 63 lower-case letters, digits and hyphens, begins with a letter and ends in no hyphen (RFC 1123; CloudStack allows no leading digit); localhost, default and all each means another thing",
  /^(?!(localhost|default|all)$)(?=.{1,63}$)[a-z]([a-z0-9-]*[a-z0-9])?$/,
);

export const domainName = text(
  "a domain name is labels of lower-case letters, digits and hyphens with dots between, e.g. ai.internal",
  /^(?=.{1,128}$)[a-z]([a-z0-9-]*[a-z0-9])?(\.[a-z]([a-z0-9-]*[a-z0-9])?)*$/,
);

/** What a port can be written behind: a name, an IPv4 address, or an IPv6 address in brackets. */
export function host(rule: string): z.ZodString {
  return text(rule, /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f.]*:[0-9a-f:.]*\])$/);
}

/** One address, of characters that mean nothing to whom it is handed on to: lists, headers, templates. */
export const mailAddress = text(
  "a mail address, e.g. ops@ai.internal",
  /^[\w.!#$%&'*+/=?^`|~-]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/,
);

/** A zone that guests know, in its own spelling: they read it as the name of a file. */
export const timeZone = text(
  "a time zone of the tz database, e.g. Asia/Seoul",
  /^[A-Z][A-Za-z_]+(\/[A-Z][A-Za-z_-]+)*$/,
).refine(isTimeZone, "a time zone of the tz database as it is spelled there, e.g. Asia/Seoul");

function isTimeZone(name: string): boolean {
  try {
    const { timeZone: found } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    // An older name of a zone is answered with another one, a wrong spelling with the right one.
    return found === name || found.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}

/** A folder in a guest that holds data. Mounted over one of the system's it would leave a machine that does not start again. */
export const folder = text(
  "an absolute path of plain words, e.g. /data/raw; none of the system's own such as /etc, /usr or /var",
  /^(?!\/(bin|boot|dev|etc|lib|lib32|lib64|libx32|proc|root|run|sbin|srv|sys|usr)(\/|$))(?!\/(home|media|mnt|opt|tmp|var)$)(\/[a-z0-9][a-z0-9-]*)+$/,
);
