/** Formats of text: how a value is recognised, what the rule is called, and when two spellings mean the same. */

export interface Format {
  readonly name: string;
  /** The rule in words, as it appears in a message. */
  readonly rule: string;
  readonly test: (value: string) => boolean;
  /** One spelling per meaning; compared, never stored. */
  readonly canonical: (value: string) => string;
}

const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ipv4Pattern = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const lower = (value: string) => value.toLowerCase();

/** The 32 bits of a valid IPv4 address. */
function bits(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
}

function isCidr(value: string): boolean {
  const [address = "", length = "", more] = value.split("/");
  return more === undefined && ipv4Pattern.test(address) && /^\d{1,2}$/.test(length) && Number(length) <= 32;
}

/** 10.0.5.7/25 and 10.0.5.0/25 name the same network. */
function network(value: string): string {
  const [address = "", length = ""] = value.split("/");
  const prefix = Number(length);
  const mask = prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
  return `${dotted((bits(address) & mask) >>> 0)}/${prefix}`;
}

export const formats = {
  uuid: {
    name: "uuid",
    rule: "an id is a UUID such as 6cf0c327-6d89-40f6-a845-1400a5547320",
    test: (value) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value),
    canonical: lower,
  },
  ipv4: {
    name: "ipv4",
    rule: "an IPv4 address such as 10.0.5.10",
    test: (value) => ipv4Pattern.test(value),
    canonical: (value) => value,
  },
  cidr: { name: "cidr", rule: "an IPv4 network such as 10.0.5.0/25", test: isCidr, canonical: network },
  mac: {
    name: "mac",
    rule: "a MAC address such as 02:00:4c:5f:00:01",
    test: (value) => /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(value),
    canonical: (value) => lower(value).replaceAll("-", ":"),
  },
  hostName: {
    name: "hostName",
    rule: "a host name has 1 to 63 letters, digits and hyphens, starts with a letter and does not end with a hyphen",
    test: (value) => /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(value),
    canonical: (value) => value,
  },
  url: { name: "url", rule: "an http or https address", test: isUrl, canonical: (value) => value },
} as const satisfies Record<string, Format>;

function isUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}
