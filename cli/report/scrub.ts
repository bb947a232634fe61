/**
 * Names of environment variables whose values must never be shown. Only those of secrets: an address may be shown, and
 * says where something went wrong.
 */
const secretNames = /SECRET|PASSWORD|PASSPHRASE|TOKEN|API_KEY|ACCESS_KEY|PRIVATE_KEY/i;
/** Shorter values would black out half of every text. */
const shortest = 6;

/**
 * Takes secrets out of a text of the engine, a rule or a server. The engine blacks out what it knows to be secret; this
 * is for what it does not know: the environment's own credentials, passwords in addresses, keys in signed requests.
 */
export function scrubber(env: Readonly<Record<string, string | undefined>>): (text: string) => string {
  const values = Object.entries(env)
    .flatMap(([name, value]) =>
      value !== undefined && value.length >= shortest && secretNames.test(name) ? [value] : [],
    )
    .sort((one, other) => other.length - one.length);
  return (text) =>
    values
      .reduce((rest, value) => rest.replaceAll(value, "[secret]"), text)
      .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, "$1[secret]@")
      .replace(/\b(apikey|secretkey|signature|password|sessionkey|token|secret)=[^\s&"']+/gi, "$1=[secret]")
      .replace(/\bAQ[A-Za-z0-9+/]{36}==/g, "[secret]")
      .replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, "[secret]");
}
