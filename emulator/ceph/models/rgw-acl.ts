/** Whom a canned access list lets in besides the owner (S3 API, "Canned ACL"; `rgw_acl_s3.cc`). */
const openTo: Readonly<Record<string, readonly (readonly [group: string, permission: string])[]>> = {
  private: [],
  "public-read": [["AllUsers", "READ"]],
  "public-read-write": [
    ["AllUsers", "READ"],
    ["AllUsers", "WRITE"],
  ],
  "authenticated-read": [["AuthenticatedUsers", "READ"]],
};

export function isCannedAcl(name: string): boolean {
  return Object.hasOwn(openTo, name);
}

/** The access list as the gateway writes it out and the dashboard passes it on. */
export function aclXml(owner: string, canned: string): string {
  const grant = (grantee: string, permission: string) =>
    `<Grant>${grantee}<Permission>${permission}</Permission></Grant>`;
  const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
  const named = `<ID>${owner}</ID><DisplayName>${owner}</DisplayName>`;
  const groups = (openTo[canned] ?? []).map(([group, permission]) =>
    grant(
      `<Grantee ${xsi} xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/${group}</URI></Grantee>`,
      permission,
    ),
  );
  const own = grant(`<Grantee ${xsi} xsi:type="CanonicalUser">${named}</Grantee>`, "FULL_CONTROL");
  return `<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner>${named}</Owner><AccessControlList>${[own, ...groups].join("")}</AccessControlList></AccessControlPolicy>`;
}
