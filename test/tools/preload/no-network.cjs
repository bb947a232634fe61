// Preloaded into every Node of a run that must not use the network: notes who tries, and refuses.
const { appendFileSync } = require("node:fs");
const dns = require("node:dns");
const net = require("node:net");

/**
 * @param {...unknown} words
 * @returns {never}
 */
function refuse(...words) {
  appendFileSync(process.env.STRATA_TEST_ATTEMPTS ?? "", `${JSON.stringify(words)}\n`);
  throw new Error("the test has cut the network off");
}

net.Socket.prototype.connect = refuse;
dns.lookup = Object.assign(refuse, dns.lookup);
