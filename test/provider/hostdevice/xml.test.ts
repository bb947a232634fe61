import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressesIn, configuredIn, hostdevXml, withDevices } from "../../../provider/cloudstack/hostdevice/xml.ts";
import { canonicalPci, formatPci, parsePci } from "../../../provider/cloudstack/pci.ts";

const address = fc
  .record({
    domain: fc.integer({ min: 0, max: 0xffff }),
    bus: fc.integer({ min: 0, max: 0xff }),
    slot: fc.integer({ min: 0, max: 0x1f }),
    function: fc.integer({ min: 0, max: 7 }),
  })
  .map(formatPci);

describe("PCI addresses", () => {
  test("every part is hexadecimal", () => {
    expect(parsePci("0000:b3:1a.7")).toEqual({ domain: 0, bus: 0xb3, slot: 0x1a, function: 7 });
    expect(parsePci("10:00.0")).toEqual({ domain: 0, bus: 16, slot: 0, function: 0 });
    expect(parsePci("10:00.0 3D controller: NVIDIA [10de:20b5]")).toMatchObject({ bus: 16 });
  });

  test.each(["", "b3", "b3:00", "b3:00.8", "b3:20.0", "g3:00.0", "b3:00.0x", "00000:b3:00.0"])(
    "%j is none",
    (wrong) => {
      expect(parsePci(wrong)).toBeUndefined();
    },
  );

  test("one spelling per address", () => {
    fc.assert(
      fc.property(address, (full) => {
        expect(canonicalPci(full.toUpperCase())).toBe(full);
        expect(formatPci(parsePci(full) as never)).toBe(full);
      }),
    );
    expect(canonicalPci("B3:00.0")).toBe("0000:b3:00.0");
  });
});

describe("the piece of XML of a device", () => {
  test("tells its address again", () => {
    fc.assert(
      fc.property(address, (full) => {
        expect(addressesIn(hostdevXml(full))).toEqual([full]);
      }),
    );
  });

  test("says that its numbers are hexadecimal: libvirt takes 16 for bus 0x10", () => {
    expect(hostdevXml("10:1f.2")).toContain("domain='0x0000' bus='0x10' slot='0x1f' function='0x2'");
    const byOthers = `<devices>\n<hostdev mode="subsystem" type="pci" managed="yes"><source>
      <address domain="0x0000" bus="179" slot="0x00" function="0x0"/></source></hostdev></devices>`;
    expect(addressesIn(byOthers)).toEqual(["0000:b3:00.0"]);
  });

  test("other pieces give no device", () => {
    const usb = "<hostdev mode='subsystem' type='usb'><source><address bus='1' device='2'/></source></hostdev>";
    expect(addressesIn(usb)).toEqual([]);
    expect(addressesIn("<cpu mode='host-passthrough'/>")).toEqual([]);
  });
});

describe("details", () => {
  const others = { rootDiskController: "scsi", "extraconfig-1": "<cpu/>", "extraconfig-3": hostdevXml("86:00.0") };

  test("every other detail and every number is kept", () => {
    expect(withDevices(others, ["3b:00.0"], [])).toEqual({ ...others, "extraconfig-2": hostdevXml("3b:00.0") });
  });

  test("what is configured already gets no second piece", () => {
    expect(withDevices(others, ["86:00.0"], [])).toEqual(others);
  });

  test("a device that goes takes its own piece with it, and its number is not given to the next at once", () => {
    const { "extraconfig-3": _, ...left } = others;
    expect(withDevices(others, [], ["0000:86:00.0"])).toEqual(left);
    expect(withDevices({ "extraconfig-1": hostdevXml("86:00.0") }, ["3b:00.0"], ["86:00.0"])).toEqual({
      "extraconfig-2": hostdevXml("3b:00.0"),
    });
  });

  test("attaching and releasing leaves what was there", () => {
    fc.assert(
      fc.property(fc.uniqueArray(address, { minLength: 1, maxLength: 4 }), (addresses) => {
        const details = { a: "1", "extraconfig-2": "<cpu/>" };
        const attached = withDevices(details, addresses, []);
        expect([...configuredIn({ details: attached }).values()].flat().sort()).toEqual([...addresses].sort());
        expect(withDevices(attached, [], addresses)).toEqual(details);
      }),
    );
  });
});
