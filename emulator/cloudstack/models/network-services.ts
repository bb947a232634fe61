/** What each service of a network can do, as `listNetworks` shows it for the virtual router. */

export interface Capability {
  readonly name: string;
  readonly value: string;
  readonly canchooseservicecapability: boolean;
}

interface Parameter {
  readonly paramname: string;
  readonly required: boolean;
  readonly isflag: boolean;
  readonly description: string;
}

/** The capabilities in the order of the real server (recordings 03 and 04). A service that is not listed has none. */
const capabilities: Readonly<Record<string, readonly Capability[]>> = {
  SourceNat: [chosen("SupportedSourceNatTypes", "peraccount"), chosen("RedundantRouter", "false")],
  StaticNat: [fixed("ElasticIp", "false"), fixed("AssociatePublicIP", "false")],
  NetworkACL: [fixed("SupportedProtocols", "tcp,udp,icmp")],
  Dhcp: [fixed("DhcpAccrossMultipleSubnets", "true")],
  Dns: [fixed("AllowDnsSuffixModification", "true")],
  PortForwarding: [fixed("SupportedProtocols", "tcp,udp")],
  Firewall: [
    fixed("SupportedTrafficDirection", "ingress, egress"),
    fixed("SupportedProtocols", "tcp,udp,icmp"),
    fixed("SupportedEgressProtocols", "tcp,udp,icmp, all"),
    fixed("MultipleIps", "true"),
    fixed("TrafficStatistics", "per public ip"),
  ],
  Vpn: [fixed("VpnTypes", "removeaccessvpn"), fixed("SupportedVpnTypes", "pptp,l2tp,ipsec")],
  Lb: [
    chosen("SupportedLBIsolation", "shared"),
    fixed("SupportedProtocols", "tcp, udp, tcp-proxy, ssl"),
    fixed("SslTermination", "true"),
    fixed("AutoScaleCounters", JSON.stringify(["CPU", "MEMORY", "VIRTUALROUTER"].map(counter))),
    fixed("SupportedStickinessMethods", JSON.stringify(stickinessMethods())),
    fixed("LbSchemes", "Public"),
    fixed("VmAutoScaling", "true"),
    fixed("SupportedLbAlgorithms", "roundrobin,leastconn,source"),
    fixed("ElasticLb", "false"),
    fixed("InlineMode", "false"),
  ],
};

export function capabilitiesOf(service: string): readonly Capability[] {
  return capabilities[service] ?? [];
}

function fixed(name: string, value: string): Capability {
  return { name, value, canchooseservicecapability: false };
}

function chosen(name: string, value: string): Capability {
  return { name, value, canchooseservicecapability: true };
}

function counter(methodname: string) {
  return { methodname, paramlist: [] };
}

function stickinessMethods() {
  return [
    {
      methodname: "LbCookie",
      paramlist: [
        value("cookie-name"),
        value("mode"),
        flag("nocache"),
        flag("indirect"),
        flag("postonly"),
        value("domain"),
      ],
      description: "This is loadbalancer cookie based stickiness method.",
    },
    {
      methodname: "AppCookie",
      paramlist: [
        value("cookie-name"),
        value("length"),
        value("holdtime"),
        flag("request-learn"),
        flag("prefix"),
        value("mode"),
      ],
      description:
        "This is App session based sticky method. Define session stickiness on an existing application cookie. It can be used only for a specific http traffic",
    },
    {
      methodname: "SourceBased",
      paramlist: [value("tablesize"), value("expire")],
      description: "This is source based Stickiness method, it can be used for any type of protocol.",
    },
  ];
}

function value(paramname: string): Parameter {
  return { paramname, required: false, isflag: false, description: " " };
}

function flag(paramname: string): Parameter {
  return { paramname, required: false, isflag: true, description: " " };
}
