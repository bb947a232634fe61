import { expect, test } from "vitest";
import { parse } from "yaml";
import { furtherCards } from "../../src/guests/network.ts";
import { layer2 } from "./support.ts";

test.each(["on", "no", "y", "null", "true"])(
  "a card in a zone that is called %s has that name in netplan's YAML 1.1",
  (zone) => {
    const [setup] = furtherCards([{ ...layer2, zone }]);
    const { network } = parse(setup?.files[0]?.content ?? "", { version: "1.1" });
    expect(network.ethernets).toEqual({
      [zone]: { match: { macaddress: layer2.mac }, dhcp4: false, addresses: [`${layer2.address}/${layer2.prefix}`] },
    });
    expect([...Object.keys(network.ethernets)]).toEqual([zone]);
  },
);
